import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { bundleHandler } from "../../../components/lib/bundle";
import { handlerBundle } from "../../../components/lib/handlerBundle";

describe("The bundle of a handler", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "webhook-bundles-"));
    mkdirSync(path.join(folder, "receive"));
    for (const name of ["index.mjs", "chunk-1.mjs"]) writeFileSync(path.join(folder, "receive", name), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the package's own if there is one, by paths from the working directory", () => {
    const bundle = handlerBundle("receive", folder);
    assert.deepEqual(Object.keys(bundle), ["chunk-1.mjs", "index.mjs"]);
    for (const [name, file] of Object.entries(bundle)) {
      assert.equal(path.resolve(file), path.join(folder, "receive", name));
      assert.ok(!path.isAbsolute(file));
    }
  });

  it("is built from the sources otherwise", () => assert.deepEqual(handlerBundle("reconcile", folder), bundleHandler("reconcile")));
});
