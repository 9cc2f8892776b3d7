import { ownCommandLine, optionWords } from "../lib/shell";
import { inEvents } from "../events/consent";
import { restOf, type Sent } from "../events/publish";
import { asUserError } from "../lib/errors";
import { print, printError, printLine } from "../lib/output";
import type { Operation } from "./messages";
import type { DestinationsOptions } from "./options";

/** What came of sending events to a destination again. */
export interface SentAgain extends Sent {
  /** Number of events that were chosen. */
  count: number;
  /** Number of dead letters that were removed; absent where none is. */
  deadLetters?: number;
}

interface Reported {
  destination: string;
  operation: Operation;
  options: DestinationsOptions;
  /** Words that choose the rest of the events, for the command that continues. */
  again: readonly string[];
}

/** Prints what was sent, why others were not, and the command that continues. */
export function report(outcome: SentAgain, { destination, operation, options, again }: Reported): void {
  const { sent, failed, stopped, count, deadLetters } = outcome;
  const { trigger, generation } = operation;
  const command = { backfill: "backfill", redelivery: "redeliver" }[trigger];
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  const rest = restOf(outcome, count);
  const letters = deadLetters === undefined ? {} : { deadLetters };
  if (options.json) print(JSON.stringify({ destination, operation: generation, sent, failed: failed.size, rest, ...letters }));
  else {
    print(`${inEvents(sent)} sent to the queue of ${destination}${failed.size === 0 ? "" : `, ${failed.size} not`}.`);
    if (deadLetters !== undefined && (!stopped || deadLetters > 0))
      print(`${deadLetters} dead ${deadLetters === 1 ? "letter" : "letters"} removed.`);
  }
  if (stopped?.error !== undefined) printError(`Stopped by an error. ${asUserError(`destinations ${command}`, stopped.error).message}`);
  if (!stopped) return;
  const { stack, rate, yes, json } = options;
  const flags = [...(yes ? ["--yes"] : []), ...(json ? ["--json"] : [])];
  const words = ["destinations", command, destination, ...again, ...optionWords({ continue: generation, stack, rate }), ...flags];
  printError(`Stopped ${rest === 0 ? "before the end" : `with ${inEvents(rest)} to go`}. Continue with:\n  ${ownCommandLine(words)}`);
}
