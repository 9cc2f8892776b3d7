import { spawnSync } from "node:child_process";
import { UserError } from "../../domain/userError";

/** Requires a Pulumi CLI on the PATH. @throws UserError if there is no Pulumi CLI on the PATH. */
export function requirePulumi(): void {
  if (spawnSync("pulumi", ["version"], { stdio: "ignore" }).status !== 0)
    throw new UserError("There is no pulumi on the PATH; install it (https://www.pulumi.com/docs/iac/download-install/) and start again.");
}

/** Runs the Pulumi CLI in the working directory and returns what it prints. @throws UserError with its own words if it fails. */
export function runPulumi(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive", "--color", "never"], { encoding: "utf8" });
  if (status !== 0) throw new UserError(`pulumi ${args.join(" ")}: ${(stderr || stdout).trim()}`);
  return stdout;
}

/** Writes a command as a shell takes it, quoted where necessary. */
export function shown(command: string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ");
}
