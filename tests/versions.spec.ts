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
const readJson = <T>(file: string) => JSON.parse(readFileSync(file, "utf8")) as T;
const manifest = readJson<Manifest>("package.json");
const lock = readJson<Lock>("package-lock.json");
const lambdaNode = "tools/repo/lambdaNode";
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

  it("are exact, and locked as such", () => {
    for (const [name, version] of Object.entries(wanted)) {
      const exact = version.replace(/^npm:.*@/, "");
      assert.match(exact, /^\d+\.\d+\.\d+$/, name);
      assert.equal(lock.packages[`node_modules/${name}`].version, exact, name);
    }
  });

  it("of Node.js under the functions' suites are of the line that AWS runs", async () => {
    const { optionalDependencies } = readJson<{ optionalDependencies: Record<string, string> }>(`${lambdaNode}/package.json`);
    const [runtime] = new Set((await program()).all(Type.function).map(({ inputs }) => inputs.runtime));
    for (const version of Object.values(optionalDependencies)) assert.equal(`nodejs${version.split(".")[0]}.x`, runtime);
  });

  it("in the lock files carry no download address", () => {
    for (const { packages } of [lock, readJson<Lock>(`${lambdaNode}/package-lock.json`)])
      for (const [path, { resolved }] of Object.entries(packages)) assert.equal(resolved, undefined, path);
  });
});
