import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../graph/types";
import { guarded, program } from "../testbed/program";

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
interface Lock {
  packages: Record<string, { version?: string; resolved?: string }>;
}
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
const wanted = { ...manifest.dependencies, ...manifest.devDependencies };

describe("Versions", () => {
  it("of the AWS provider agree: range, lock file, and the plugin that the program registers", async () => {
    const range = manifest.dependencies["@pulumi/aws"];
    const locked = lock.packages["node_modules/@pulumi/aws"].version;
    const registered = (await program()).all(Type.provider).map(({ version }) => version);
    assert.equal(locked, range);
    assert.deepEqual(registered, [range]);
  });

  it("of the AWS provider exist once: no package brings a second copy", () => {
    const copies = Object.keys(lock.packages).filter((path) => path.endsWith("node_modules/@pulumi/aws"));
    assert.deepEqual(copies, ["node_modules/@pulumi/aws"]);
  });

  it("of every AWS resource's plugin are the provider's", async () => {
    const dev = await program();
    for (const { type, name, version } of dev.resources.filter(({ type }) => type.startsWith("aws:"))) {
      assert.equal(version, manifest.dependencies["@pulumi/aws"], `${type} ${name}`);
    }
  });

  it("of awsx agree likewise", async () => {
    const { version } = (await program(guarded)).one(Type.trail);
    assert.equal(version, manifest.dependencies["@pulumi/awsx"]);
    assert.equal(lock.packages["node_modules/@pulumi/awsx"].version, version);
  });

  for (const [name, version] of Object.entries(wanted)) {
    it(`of ${name} is exact, and locked as such`, () => {
      const exact = version.replace(/^npm:.*@/, "");
      assert.match(exact, /^\d+\.\d+\.\d+$/);
      assert.equal(lock.packages[`node_modules/${name}`].version, exact);
    });
  }

  it("in the lock file carry no download address", () => {
    for (const [path, { resolved }] of Object.entries(lock.packages)) assert.equal(resolved, undefined, path);
  });
});
