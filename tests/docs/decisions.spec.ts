import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const folder = "docs/decisions";
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
const records = readdirSync(folder).filter((file) => /^\d{4}-/.test(file));
/** Rows of the index by file: number, title, date and status. */
const rows = [...read("README.md").matchAll(/^\| (\d{4}) \| \[(.+)\]\((\S+)\) +\| (\S+) +\| (\S.*?) +\|$/gm)];

describe("The index of the decisions", () => {
  it("has each record once", () => assert.deepEqual(rows.map(([, , , file]) => file).sort(), records.sort()));

  for (const [, number, title, file, date, status] of rows)
    it(`has number, title, date and status of ${file}`, () => {
      const [heading, , line] = read(file).split("\n");
      assert.deepEqual([file.slice(0, 4), heading], [number, `# ${number}. ${title}`]);
      assert.ok(line.startsWith(`${date} · ${status}`), line);
    });
});
