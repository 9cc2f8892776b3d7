import * as assert from "node:assert/strict";
import { progressBar } from "../../../cli/lib/progress";

describe("A progress bar", () => {
  function shown(total: number, done: number[], isTTY = true): string {
    const written: string[] = [];
    const bar = progressBar(total, { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream);
    done.forEach(bar.show);
    bar.end();
    return written.join("");
  }

  it("shows how much is done, in one line", () => {
    assert.equal(shown(4, [2, 4]), `\r[${"#".repeat(15)}${" ".repeat(15)}] 2 of 4\r[${"#".repeat(30)}] 4 of 4\n`);
  });

  it("is full if more is done than expected: the length of a queue is an estimate", () => {
    assert.equal(shown(10, [12]), `\r[${"#".repeat(30)}] 12 of 10\n`);
  });

  it("prints nothing without a terminal, or for a single thing", () => {
    assert.equal(shown(4, [2], false), "");
    assert.equal(shown(1, [1]), "");
  });
});
