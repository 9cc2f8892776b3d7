import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { printError } from "../../cli/lib/output";
import { ensurePythonEnvironment } from "../../local/python";

/** Audits .github with zizmor: pins, permissions, credentials. It needs the network only to install zizmor once. */
async function lintWorkflows(): Promise<number> {
  const tool = { what: "The audit of the workflows", requirements: ".github/requirements.txt" };
  const python = await ensurePythonEnvironment(tool, printError);
  const zizmor = path.join(path.dirname(python), "zizmor");
  const { status, error } = spawnSync(zizmor, ["--offline", "--strict-collection", "--no-progress", ".github"], { stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

const program = createStrictCommand("node -r ts-node/register tools/repo/lintWorkflows.ts", "Audit the workflows in .github.").action(
  async () => void (process.exitCode = await lintWorkflows()),
);
void runStrictCommand(program, process.argv.slice(2));
