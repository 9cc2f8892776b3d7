import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { UserError } from "../../domain/userError";

const folder = path.join(__dirname, "lambdaNode");
const binary = path.join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`);

const description = "Run the tests of the functions on the Node.js version that AWS runs.";

/** Runs the functions' tests on AWS's Node.js version, which it installs beside this file once. */
async function testHandlers(): Promise<number> {
  install();
  const mocha = ["node_modules/mocha/bin/mocha.js", "--config", "tests/handlers/.mocharc.json"];
  // Its own process, so that an interruption of the group ends it.
  const child = spawn(binary, mocha, { stdio: "inherit" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

/** Installs AWS's Node.js version. @throws UserError if npm fails, or has none for this machine */
function install(): void {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--prefix", folder, "--loglevel", "error"], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new UserError("npm could not install the Node.js version that AWS runs. Its own message is above.");
  if (!existsSync(binary)) throw new UserError(`npm does not have AWS's Node.js version for ${process.platform} on ${process.arch}.`);
}

const program = createStrictCommand("node -r ts-node/register tools/repo/handlersOnLambdaNode.ts", description).action(
  async () => void (process.exitCode = await testHandlers()),
);
void runStrictCommand(program, process.argv.slice(2));
