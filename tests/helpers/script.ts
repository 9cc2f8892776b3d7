import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { CommandLine, Ended } from "./commandHost";

const root = path.resolve(__dirname, "../..");
/** One process for all commands in a folder: a process for each would load for a second or two. */
const hosts = new Map<string, ChildProcess>();
after(() => hosts.forEach((host) => host.disconnect()));

/** Runs a command line of `webhook-pipeline` in the project's folder. @returns its output and exit code */
export const runProgram = (...args: string[]) => runIn(root, { args });

/** Runs a command line of `webhook-pipeline` in a folder with other stack files. */
export const runProgramIn = (cwd: string, ...args: string[]) => runIn(cwd, { args });

/** Runs one of the repository's own programs, such as `tools/repo/judge`. */
export const runScript = (name: string, ...args: string[]) => runIn(root, { file: path.join(root, `${name}.ts`), args });

async function runIn(cwd: string, line: CommandLine): Promise<Ended> {
  const host = hosts.get(cwd) ?? startHost(cwd);
  hosts.set(cwd, host);
  host.send(line);
  const [ended] = (await once(host, "message")) as [Ended];
  return ended;
}

function startHost(cwd: string): ChildProcess {
  const env = { ...process.env, NODE_NO_WARNINGS: "1", TS_NODE_PROJECT: path.join(root, "tsconfig.json") };
  return fork(path.join(__dirname, "commandHost.ts"), { cwd, env, execArgv: ["-r", require.resolve("ts-node/register")] });
}

/** Makes a folder for the tests of a block, and removes it after them. @returns a function that returns the path of a file in it */
export function temporaryFolder(): (...file: string[]) => string {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-"))));
  after(() => rmSync(folder, { recursive: true }));
  return (...file) => path.join(folder, ...file);
}
