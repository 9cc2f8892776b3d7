import { spawn } from "node:child_process";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");

/** Runs the mutations in a process of its own: nothing outside tests/ imports from tests/. @returns its exit code */
export function tryMutations({ sample, survivors }: { sample?: number; survivors?: boolean }): Promise<number> {
  const options = [...(sample === undefined ? [] : ["--sample", String(sample)]), ...(survivors ? ["--survivors"] : [])];
  const args = ["-r", "ts-node/register", "tests/mutations/command.ts", ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 130)));
}
