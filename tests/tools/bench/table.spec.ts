import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { figureOf, replaceRows, rowOf, rowsIn, tableOf } from "../../../tools/bench/table";
import type { Figure } from "../../../tools/bench/samples";

const ratio: Figure = { id: "receiver", what: "Receiver", value: 1.256, unit: "×", bound: 1.2 };
const rate: Figure = { id: "rate", what: "Acknowledged, 1 client", value: 121.4, unit: "events/s" };

describe("The table of figures", () => {
  it("can be read as it was written", () => {
    const rows = [ratio, rate].map(rowOf);
    assert.deepEqual(rowsIn(`<!-- figures: begin -->\n\n${tableOf(rows)}\n\n<!-- figures: end -->\n| Other | 3.33 × | 1.32 × |\n`), rows);
    assert.deepEqual(figureOf(rows[0]), { id: "Receiver", what: "Receiver", value: 1.26, unit: "×", bound: 1.2 });
    assert.deepEqual(figureOf(rows[1]), { id: rate.what, what: rate.what, value: 121, unit: "events/s" });
  });

  it("keeps the rows that were not measured, in their places", () => {
    const again = { ...ratio, value: 1.1 };
    const other: Figure = { ...ratio, what: "New" };
    const rows = replaceRows([ratio, rate].map(rowOf), [again, other].map(rowOf));
    assert.deepEqual(
      rows.map(({ what, measured }) => [what, measured]),
      [
        ["Receiver", "1.10 ×"],
        ["Acknowledged, 1 client", "121 events/s"],
        ["New", "1.26 ×"],
      ],
    );
  });

  it("is read whole from the page", () => {
    const page = readFileSync("docs/performance.md", "utf8");
    const [, table] = page.split("| --- | --- | --- |\n");
    assert.equal(
      rowsIn(page).length,
      table.split("\n").findIndex((line) => line === ""),
    );
  });
});
