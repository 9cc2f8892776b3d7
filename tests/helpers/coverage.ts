import Module from "node:module";
import * as path from "node:path";

/**
 * Keeps every module of the project that a test run has loaded. The program is loaded anew for each graph, and Node.js forgets what it has
 * counted of a module that nobody holds any more: lines that a test had run were reported as lines that none had.
 */
const kept: NodeModule[] = [];
const root = path.resolve(__dirname, "..", "..");
const isOwn = (file: string) => file.startsWith(root) && !file.includes("node_modules");

if (process.env.NODE_V8_COVERAGE) {
  const prototype = Module.prototype as unknown as { load(this: NodeModule, file: string): void };
  const { load } = prototype;
  prototype.load = function (file) {
    if (isOwn(file)) kept.push(this);
    load.call(this, file);
  };
}
