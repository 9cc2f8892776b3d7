import { inspect } from "node:util";
import { NotFoundError, notFoundCode, UserError } from "../../domain/userError";
import { cleanUp } from "./interruption";
import { print, printError } from "./output";

export { NotFoundError, notFoundCode };

/** The command does not understand its command line, and has done nothing. */
export class UsageError extends UserError {
  override readonly exitCode = 2;
}

/** The person at the keyboard has ended the command. */
export class InterruptedError extends UserError {
  override readonly exitCode = 130;
}

/** Exit code of a command that did a part of its work. */
export const partlyDone = 4;

/**
 * Runs a command's main function and sets the exit code: 0 done, 1 failed, 2 usage, 3 not found, 4 partly done, 130 interrupted.
 * Prints a failure as one sentence on standard error.
 * @param json prints a failure as `{error, code}` on standard output as well
 */
export async function runCommand(main: () => Promise<number | void>, json = false): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endWithOutput);
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    const isExpected = error instanceof UserError;
    process.exitCode = isExpected ? error.exitCode : 1;
    printError(isExpected ? error.message : inspect(error));
    if (json) print(JSON.stringify({ error: error instanceof Error ? error.message : String(error), code: process.exitCode }));
  } finally {
    await cleanUp();
  }
}

/**
 * Turns an error of AWS or the network into one sentence. Keeps a UserError.
 * @param command that failed, such as `secrets set`
 */
export function asUserError(command: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { name, message } = error as Error;
  // A connection that several addresses refused has a reason for each.
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join(", ") : message;
  return new UserError(`${command}: ${name}: ${reasons}`);
}

/** Ends the command and what it started: quietly when the reader of the output, such as `head`, has read enough, else with a sentence. */
function endWithOutput({ code }: NodeJS.ErrnoException): void {
  const isBroken = code !== "EPIPE" && process.exitCode !== 1;
  if (isBroken) {
    process.exitCode = 1;
    printError(`The output cannot be written (${code}).`);
  }
  void cleanUp().then(() => process.exit());
}
