import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

/** Runs one of the project's commands, as npm does: what it prints, and how it ends. */
export const runScript = (name: string, ...args: string[]) => runCommandIn(root, `${name}.ts`, ...args);

/** Runs one of the project's commands where other stack files are. */
export function runCommandIn(cwd: string, file: string, ...args: string[]) {
  const env = { ...process.env, NODE_NO_WARNINGS: "1", TS_NODE_PROJECT: path.join(root, "tsconfig.json") };
  const command = ["-r", require.resolve("ts-node/register"), path.join(root, file), ...args];
  return spawnSync(process.execPath, command, { encoding: "utf8", cwd, env });
}

/** Makes a folder for the tests of a block, which is gone after them. @returns the path of a file within */
export function temporaryFolder(): (...file: string[]) => string {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-"))));
  after(() => rmSync(folder, { recursive: true }));
  return (...file) => path.join(folder, ...file);
}
