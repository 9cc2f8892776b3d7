import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../preflight/graph/types";
import { guarded, program } from "../testbed/program";

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}
interface Lock {
  packages: Record<string, { version?: string; resolved?: string }>;
}
const readJson = <T>(file: string) => JSON.parse(readFileSync(file, "utf8")) as T;
const manifest = readJson<Manifest>("package.json");
const lock = readJson<Lock>("package-lock.json");
const lambdaNode = "tools/repo/lambdaNode";
const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

describe("Versions", () => {
  it("of the AWS provider are the same in package.json, the lock file and the registered plugin", async () => {
    const range = manifest.dependencies["@pulumi/aws"];
    const locked = lock.packages["node_modules/@pulumi/aws"].version;
    const registered = (await program()).all(Type.provider).map(({ version }) => version);
    assert.equal(locked, range);
    assert.deepEqual(registered, [range]);
  });

  it("of the AWS provider exist only once", () => {
    const copies = Object.keys(lock.packages).filter((path) => path.endsWith("node_modules/@pulumi/aws"));
    assert.deepEqual(copies, ["node_modules/@pulumi/aws"]);
  });

  it("of every AWS resource's plugin match the provider's", async () => {
    const dev = await program();
    for (const { type, name, version } of dev.resources.filter(({ type }) => type.startsWith("aws:"))) {
      assert.equal(version, manifest.dependencies["@pulumi/aws"], `${type} ${name}`);
    }
  });

  it("of awsx are the same in package.json, the lock file and the registered plugin", async () => {
    const { version } = (await program(guarded)).one(Type.trail);
    assert.equal(version, manifest.dependencies["@pulumi/awsx"]);
    assert.equal(lock.packages["node_modules/@pulumi/awsx"].version, version);
  });

  it("are exact, and equal to the locked ones", () => {
    for (const [name, version] of Object.entries(wanted)) {
      const exact = version.replace(/^npm:.*@/, "");
      assert.match(exact, /^\d+\.\d+\.\d+$/, name);
      assert.equal(lock.packages[`node_modules/${name}`].version, exact, name);
    }
  });

  it("of Node.js for the functions' tests match the functions' runtime", async () => {
    const { optionalDependencies } = readJson<{ optionalDependencies: Record<string, string> }>(`${lambdaNode}/package.json`);
    const [runtime] = new Set((await program()).all(Type.function).map(({ inputs }) => inputs.runtime));
    for (const version of Object.values(optionalDependencies)) assert.equal(`nodejs${version.split(".")[0]}.x`, runtime);
  });

  it("have no download address in the lock files", () => {
    for (const { packages } of [lock, readJson<Lock>(`${lambdaNode}/package-lock.json`)])
      for (const [path, { resolved }] of Object.entries(packages)) assert.equal(resolved, undefined, path);
  });
});
