import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

describe("A command", () => {
  it("ends quietly when the reader of its output has ended", () => {
    const main =
      "async () => { for (let line = 0; line < 50; line++) { console.log(line); await new Promise((go) => setTimeout(go, 20)); } }";
    const command = `node -r ts-node/register -e '"use strict"; require("./cli/lib/errors").runCommand(${main})' | head -n 1`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env: { ...process.env, NODE_NO_WARNINGS: "1" } });
    assert.deepEqual([stdout, stderr], ["0\n", ""]);
  });
});
