import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { program } from "../helpers/graph";
import { runScript } from "../helpers/script";
import { Type } from "../helpers/types";

describe("npm run preflight", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-preflight-"))));
  after(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => runScript("preflight", ...args);

  async function graphWith(input: string, value: unknown): Promise<string> {
    const resources = structuredClone((await program()).resources);
    resources.find(({ type }) => type === Type.function)!.inputs[input] = value;
    const file = path.join(folder, `${input}.json`);
    writeFileSync(file, JSON.stringify(resources));
    return file;
  }

  it("ends with 0 for this program's own graph", () => {
    const { status, stdout } = run();
    assert.match(stdout, /^\d+ resources, \d+ rules: 0 errors, 0 warnings$/m);
    assert.equal(status, 0);
  });

  it("ends with 1 where AWS would refuse", async () => {
    const { status, stdout } = run(await graphWith("memorySize", 64));
    assert.match(stdout, /^error lambda-memory$/m);
    assert.equal(status, 1);
  });

  it("ends with 2 and one sentence where there is no graph to check", () => {
    for (const [argument, message] of [
      ["package.json", /^package\.json is no resource graph: .+$/m],
      ["nowhere.json", /^nowhere\.json cannot be read: .+$/m],
    ] as const) {
      const { status, stderr } = run(argument);
      assert.match(stderr, message);
      assert.equal(status, 2);
    }
  });
});
