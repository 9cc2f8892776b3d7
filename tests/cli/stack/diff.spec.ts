import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { Type } from "../../../preflight/graph/types";
import { program } from "../../../testbed/program";
import { runProgram, temporaryFolder } from "../../helpers/script";

describe("npx webhook-pipeline stack diff", () => {
  const at = temporaryFolder();
  const run = (...args: string[]) => runProgram("stack", "diff", ...args);

  it("prints what is added, changed, replaced and deleted between two files", async () => {
    for (const [name, settings] of Object.entries({ base: {}, head: { lambdaMemoryMb: 1024 } }))
      writeFileSync(at(name), JSON.stringify((await program(settings)).resources));
    const { status, stdout } = await run(at("base"), at("head"), "--title", "dev");
    assert.equal(status, 0);
    assert.match(stdout, /^### Resources of dev: 0 added, 3 changed, 0 replaced, 0 deleted$/m);
    assert.match(stdout, /^- memorySize: 512\n\+ memorySize: 1024$/m);
  });

  it("prints the differences as JSON", async () => {
    const { status, stdout } = await run(at("base"), at("head"), "--json");
    assert.equal(status, 0);
    const differences = JSON.parse(stdout) as { kind: string; type: string; inputs: object[] }[];
    assert.equal(differences.length, 3);
    for (const { kind, type, inputs } of differences)
      assert.deepEqual(
        { kind, type, inputs },
        { kind: "changed", type: Type.function, inputs: [{ path: "memorySize", before: 512, after: 1024 }] },
      );
  });

  for (const [what, args, message, code] of [
    ["one file", ["base.json"], /^Missing required argument "head"\. See "npx webhook-pipeline stack diff --help"\.\n$/, 2],
    ["a file that does not exist", ["nowhere.json", "nowhere.json"], /^There is no file nowhere\.json\. .*\n$/, 3],
    ["a file that is not a graph", ["package.json", "package.json"], /^package\.json is (no|not a) resource graph: .*\n$/, 1],
  ] as const) {
    it(`refuses ${what} in one line`, async () => {
      const { status, stderr } = await run(...args);
      assert.equal(status, code);
      assert.match(stderr, message);
    });
  }
});
