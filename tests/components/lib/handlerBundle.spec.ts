import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { bundleHandler } from "../../../components/lib/bundle";
import { bundleList, handlerBundle } from "../../../components/lib/handlerBundle";

describe("The bundle of a handler", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "webhook-bundles-"));
    writeFileSync(path.join(folder, bundleList("receive")), JSON.stringify({ "chunk-1.mjs": "one.mjs", "index.mjs": "two.mjs" }));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the package's own if there is one, by paths from the working directory", () => {
    const bundle = handlerBundle("receive", folder);
    assert.deepEqual(Object.keys(bundle), ["chunk-1.mjs", "index.mjs"]);
    assert.equal(path.resolve(bundle["index.mjs"]), path.join(folder, "two.mjs"));
    assert.ok(!path.isAbsolute(bundle["index.mjs"]));
  });

  it("is built from the sources otherwise", () => assert.deepEqual(handlerBundle("reconcile", folder), bundleHandler("reconcile")));
});
