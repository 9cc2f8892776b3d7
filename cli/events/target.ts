import { UserError } from "../../domain/userError";
import { asUserError } from "../lib/errors";
import { findTarget, type Target } from "../lib/target";
import { requireSource } from "./filters";
import type { EventsOptions } from "./options";

/** Runs a command of `events` on its target. An error of AWS or of the network becomes one sentence.
 * @throws UsageError if the target has no such source */
export async function onTarget(
  command: string,
  { stack, source }: Pick<EventsOptions, "stack" | "source">,
  run: (target: Target) => Promise<number>,
): Promise<number> {
  const target = await findTarget(stack);
  requireSource(target, source);
  return withSentences(`events ${command}`, stack, () => run(target));
}

/** Runs something. Of an error of AWS or of the network, it makes one sentence. @param command that it is, such as `events list` */
export async function withSentences<T>(command: string, stack: string | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (stack === undefined && isSilence(error)) throw new UserError("The local run does not answer any more. Start it again.");
    throw isOfAws(error) ? asUserError(command, error) : error;
  }
}

/** Tells whether nobody answered: the process is gone, or stands still. */
function isSilence(error: Error): boolean {
  return error.name === "TimeoutError" || ("code" in error && /^E[A-Z]+$/.test(String(error.code)));
}

/** Tells an error of AWS, of its credentials or of the network from one of this program. */
function isOfAws(error: Error): boolean {
  return "$metadata" in error || error.name === "CredentialsProviderError" || isSilence(error);
}
