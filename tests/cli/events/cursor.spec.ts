import * as assert from "node:assert/strict";
import { cursorOf, readCursor } from "../../../cli/events/cursor";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

describe("A cursor", () => {
  it("is a word for the shell, and read again", () => {
    const place = { receivedAt: at(1), listed: ["stripe#evt_'1", "ü#2"] };
    assert.match(cursorOf(place), /^[\w-]+$/);
    assert.deepEqual(readCursor(cursorOf(place)), place);
  });

  for (const cursor of ["", "x", Buffer.from("{}").toString("base64url"), Buffer.from('["soon"]').toString("base64url")])
    it(`is refused where it is "${cursor}"`, () => {
      assert.throws(() => readCursor(cursor), { message: /^--cursor is not one that "events list" has printed\./, exitCode: 2 });
    });
});
