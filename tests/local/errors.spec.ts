import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

describe("A command", () => {
  it("ends without a word where nobody reads on", () => {
    const command = "node -r ts-node/register scripts/graph.ts --stack dev | head -c 1";
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env: { ...process.env, NODE_NO_WARNINGS: "1" } });
    assert.deepEqual([stdout, stderr], ["[", ""]);
  });
});
