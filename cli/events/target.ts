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
  try {
    return await run(target);
  } catch (error) {
    throw isOfAws(error) ? asUserError(`events ${command}`, error) : error;
  }
}

/** Tells an error of AWS or of the network from one of this program. */
function isOfAws(error: unknown): boolean {
  return error instanceof Error && ("$metadata" in error || "code" in error || error.name === "TimeoutError");
}
