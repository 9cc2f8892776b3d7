import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { programOf, runScript } from "../../cli/lib/program";
import { printError } from "../../cli/lib/output";
import { ensurePythonEnvironment } from "../../local/python";

/** Audits .github with zizmor: pins, permissions, what runs with which rights. Without the network, except to install it once. */
async function main(): Promise<number> {
  const tool = { what: "The audit of the workflows", requirements: ".github/requirements.txt" };
  const python = await ensurePythonEnvironment(tool, printError);
  const zizmor = path.join(path.dirname(python), "zizmor");
  const { status, error } = spawnSync(zizmor, ["--offline", "--strict-collection", "--no-progress", ".github"], { stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

void runScript(programOf("tools/repo/lintWorkflows.ts", "Audit .github with zizmor."), main);
