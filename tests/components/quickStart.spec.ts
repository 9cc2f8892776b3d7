import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

/** In a process of its own, in which nothing else is loaded before it. */
function run(script: string, environment: Record<string, string> = {}): string {
  const args = ["-r", "ts-node/register", "-e", `require("./components/quickStart");${script}`];
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...environment } }).trim();
}

const loaded = `Object.keys(require.cache).some((file) => file.includes("arborist/lib/arborist/"))`;

describe("The quick start", () => {
  it("has Pulumi's SDK loaded without npm's own library", () => {
    assert.equal(run(`require("@pulumi/pulumi"); console.log(${loaded})`), "false");
  });

  it("still gives that library to whoever asks for it", () => {
    assert.equal(run(`require("@pulumi/pulumi"); console.log(typeof require("@npmcli/arborist").Arborist, ${loaded})`), "function true");
  });

  it("gives it to a function that is written inside a program, as before", () => {
    const serialise = `require("@pulumi/pulumi").runtime.computeCodePaths({ extraIncludePackages: ["zod"] })`;
    assert.equal(run(`${serialise}.then((paths) => console.log([...paths.keys()].some((file) => file.endsWith("zod"))))`), "true");
  });

  it("goes without where an SDK has no such library", () => {
    const hidden = `const { _resolveFilename } = require("node:module"); require("node:module")._resolveFilename = (name, ...more) => {
      if (name.includes("arborist")) throw new Error("none");
      return _resolveFilename(name, ...more);
    };`;
    const args = ["-r", "ts-node/register", "-e", `${hidden} require("./components/quickStart"); console.log("started")`];
    assert.equal(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }).trim(), "started");
  });

  it("takes traces of promises for whoever looks for one that never ended, and for nobody else", () => {
    const trace = `const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
      const promise = Promise.resolve();
      debuggablePromise(promise);
      console.log(JSON.stringify(promise._debugStackTrace))`;
    assert.equal(run(trace), '""');
    assert.match(run(trace, { PULUMI_DEBUG_PROMISE_LEAKS: "true" }), /^"Error\\n {4}at debuggablePromise /);
  });

  it("leaves a stack trace as it was, with TypeScript's lines", () => {
    const trace = `try { require("./domain/lifecycle").conditionalWrite() } catch (error) { console.log(error.stack) }`;
    const without = ["-r", "ts-node/register", "-e", trace];
    const inFiles = (text: string) => text.split("\n").filter((line) => /^\w+Error|\.ts:/.test(line));
    const before = inFiles(execFileSync(process.execPath, without, { cwd: root, encoding: "utf8" }));
    assert.deepEqual(inFiles(run(trace)), before);
    assert.ok(before.length > 1);
  });
});
