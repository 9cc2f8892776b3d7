import { spawnSync } from "node:child_process";

/** Runs one of `scripts/`, as npm does: what it prints, and how it ends. */
export function runScript(name: string, ...args: string[]) {
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  return spawnSync(process.execPath, ["-r", "ts-node/register", `scripts/${name}.ts`, ...args], { encoding: "utf8", env });
}
