import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const run = (file: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

describe("bin/webhook-pipeline.js", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-bin-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("says what to do where the packages are not installed", () => {
    mkdirSync(path.join(folder, "bare/bin"), { recursive: true });
    cpSync("bin", path.join(folder, "bare/bin"), { recursive: true });
    assert.deepEqual(run(path.join(folder, "bare/bin/webhook-pipeline.js"), "--help"), {
      status: 1,
      stdout: "",
      stderr: `The packages of this project are not installed. Run "npm ci" in ${path.join(folder, "bare")}.\n`,
    });
  });

  it("runs in a subfolder as in the project's folder, with files relative to the subfolder", () => {
    const program = path.resolve("bin/webhook-pipeline.js");
    const inFolder = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { cwd: "ci-roles", encoding: "utf8" });
    assert.equal(inFolder("stack", "graph", "--stack", "nowhere").stderr, "No Pulumi.nowhere.yaml here. Stacks: dev, prod.\n");
    const { stderr } = inFolder("stack", "diff", "tsconfig.json", "../tsconfig.json");
    assert.ok(stderr.startsWith(`${path.resolve("ci-roles/tsconfig.json")} is `), stderr);
  });

  it("loads no TypeScript compiler, so that --help starts at once", () => {
    const program = path.resolve("bin/webhook-pipeline.js");
    const loaded = `process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")));`;
    const watch = path.join(folder, "watch.js");
    writeFileSync(watch, `${loaded}process.argv[1] = ${JSON.stringify(program)}; require(${JSON.stringify(program)});`);
    const { status, stderr } = run(watch, "--help");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\bcli\/events\.ts$/m);
    for (const name of ["typescript", "ts-node", "@aws-sdk", "@pulumi"])
      assert.doesNotMatch(stderr, new RegExp(`node_modules/${name}/`), name);
  });

  it("compiles as tsconfig.json says, with stack traces of the TypeScript files", () => {
    const { compilerOptions } = JSON.parse(readFileSync("tsconfig.json", "utf8")) as { compilerOptions: { target: string } };
    assert.match(readFileSync("bin/typescript.js", "utf8"), new RegExp(`target: "${compilerOptions.target}"`));
    symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
    writeFileSync(
      path.join(folder, "fails.ts"),
      `import path = require("node:path");\ninterface A {\n  b: string;\n}\nthrow new Error(path.sep);\n`,
    );
    writeFileSync(path.join(folder, "main.js"), `require(${JSON.stringify(path.resolve("bin/typescript.js"))}); require("./fails.ts");`);
    assert.match(run(path.join(folder, "main.js")).stderr, /^Error: \/\n {4}at .*fails\.ts:5:7\)$/m);
  });
});
