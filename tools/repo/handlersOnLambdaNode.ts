import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { programOf, runScript } from "../../cli/lib/program";
import { UserError } from "../../domain/userError";

const folder = path.join(__dirname, "lambdaNode");
const binary = path.join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`);

/** Runs the functions' suites on the Node.js that AWS runs them on, which is installed beside this file once. */
async function main(): Promise<number> {
  install();
  const mocha = ["node_modules/mocha/bin/mocha.js", "--config", "tests/handlers/.mocharc.json"];
  // Its own process, so that an interruption of the group ends it.
  const child = spawn(binary, mocha, { stdio: "inherit" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

/** Installs the Node.js that AWS runs. @throws UserError if the registry has none for this machine, or npm fails */
function install(): void {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--prefix", folder, "--loglevel", "error"], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new UserError("npm could not install the Node.js that AWS runs, see above.");
  if (!existsSync(binary)) throw new UserError(`npm has no Node.js of AWS's version for ${process.platform} on ${process.arch}.`);
}

void runScript(programOf("tools/repo/handlersOnLambdaNode.ts", "Run the functions' suites on the Node.js that AWS runs."), main);
