import { inspect } from "node:util";
import { UserError } from "../../domain/userError";
import { cleanUp } from "./interruption";
import { printError } from "./output";

/** A command line that the command does not understand: nothing was done. */
export class UsageError extends UserError {
  override readonly exitCode = 2;
}

/** Runs a command's main function; a UserError or any other failure ends it with exit code 1 (a UsageError with 2) and one clear message. */
export async function runCommand(main: () => Promise<number | void>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endQuietly);
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    printError(error instanceof UserError ? error.message : inspect(error));
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  } finally {
    await cleanUp();
  }
}

/** Tells what AWS or the network says in one sentence; a connection to several addresses that fails has its reasons within. */
export function asUserError(command: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { name, message } = error as Error;
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join(", ") : message;
  return new UserError(`${command}: ${name}: ${reasons}`);
}

/** Whoever reads what a command prints, such as `head`, may have read enough: what it has started ends with it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  void cleanUp().then(() => process.exit());
}
