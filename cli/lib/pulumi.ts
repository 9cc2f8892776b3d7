import { spawnSync } from "node:child_process";
import { UserError } from "../../domain/userError";

/** Requires the Pulumi CLI. @throws UserError if it is not on the PATH */
export function requirePulumi(): void {
  if (spawnSync("pulumi", ["version"], { stdio: "ignore" }).status !== 0)
    throw new UserError("There is no pulumi on the PATH. Install it: https://www.pulumi.com/docs/iac/download-install/");
}

/** Runs the Pulumi CLI in the working directory. @returns its output @throws UserError with its own message if it fails */
export function runPulumi(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], { encoding: "utf8" });
  if (status !== 0) throw new UserError(`pulumi ${args.join(" ")}: ${(stderr || stdout).trim()}`);
  return stdout;
}
