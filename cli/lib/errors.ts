import { inspect } from "node:util";
import { UserError } from "../../domain/userError";
import { cleanUp } from "./interruption";
import { print, printError } from "./output";

/** A command line that the command does not understand: nothing was done. */
export class UsageError extends UserError {
  override readonly exitCode = 2;
}

/** Tells that a command did a part of its work, as its exit code. */
export const partlyDone = 4;

/**
 * Runs a command's main function and sets the exit code: 0 done, 1 failed, 2 usage, 3 not found, 4 partly done, 130 interrupted.
 * A failure is one sentence on standard error.
 * @param json whether standard output is JSON: a failure is printed there as `{error, code}`, too
 */
export async function runCommand(main: () => Promise<number | void>, json = false): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endQuietly);
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    const message = error instanceof UserError ? error.message : inspect(error);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
    printError(message);
    if (json) print(JSON.stringify({ error: message, code: process.exitCode }));
  } finally {
    await cleanUp();
  }
}

/** Turns what AWS or the network says into one sentence; a connection to several addresses that fails has its reasons within. */
export function asUserError(command: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { name, message } = error as Error;
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join(", ") : message;
  return new UserError(`${command}: ${name}: ${reasons}`);
}

/** Ends quietly when the reader of the output, such as `head`, has read enough; what the command started ends with it. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  void cleanUp().then(() => process.exit());
}
