import { DeliveryStatus } from "../../domain/destinations";
import { UserError } from "../../domain/userError";
import { idsOf, named, type Choice } from "../events/chosen";
import { ownCommandLine, optionWords } from "../lib/shell";
import { inEvents, isAgreed } from "../events/consent";
import { stoppable } from "../events/pace";
import { exitCodeOf } from "../events/publish";
import { UsageError } from "../lib/errors";
import { printError, printLine, printList } from "../lib/output";
import { progressBar } from "../lib/progress";
import { targetName, type DestinationsTarget } from "../lib/target";
import type { Swept } from "./deadLetters";
import { findUndelivered } from "./deliveries";
import { operationOf, sendAgain } from "./messages";
import type { DestinationsOptions } from "./options";
import { settleDeadLetters, withDeadLetters, type Redelivery } from "./settle";
import { report, type SentAgain } from "./report";
import { deliveriesOf, onDestination, type NamedDestination } from "./target";

/**
 * Sends events to a destination again, after a question, and removes their dead letters.
 * @returns 0, 1 if none was sent, 3 if no event of these IDs exists, 4 if some were not sent, 130 if it was stopped
 */
export function redeliverEvents(name: string, given: string[], options: DestinationsOptions): Promise<number> {
  if ((options.failed ?? false) === given.length > 0) throw new UsageError("Name transaction IDs, or give --failed; not both.");
  const operation = operationOf("redelivery", options.continue);
  return onDestination("redeliver", name, options.stack, async (target, destination) => {
    const choice = options.failed ? await chooseFailed(target, destination, new Date()) : named(given);
    if (options.dryRun) {
      const count = await printList(idsOf(choice.events()), options.json ?? false);
      if (!options.json) printLine(`${inEvents(count)} would be sent to ${name} again.`, process.stderr);
      return 0;
    }
    const question = `Send ${inEvents(choice.count)} to ${name} in ${targetName(options.stack)} again?`;
    if (!(await isAgreed(question, choice.count, options))) throw new UserError("Nothing was sent.");
    return stoppable((signal) => redeliver({ target, destination, operation, signal }, choice, given, options));
  });
}

/** Chooses the FAILED deliveries, and the events of dead letters that no such delivery tells of: of EventBridge, of crashes, and of a queue. */
export async function chooseFailed(target: DestinationsTarget, destination: NamedDestination, now: Date): Promise<Choice> {
  const failed: string[] = [];
  const table = deliveriesOf(target, destination);
  if (table) {
    const found = findUndelivered(table, destination.name, { status: DeliveryStatus.failed, until: now.toISOString() });
    for await (const { transactionId } of found) failed.push(transactionId);
  }
  return named([...(await withDeadLetters({ target, destination }, failed))]);
}

const showWords = ({ name }: NamedDestination, id: string, { stack }: DestinationsOptions) => [
  ...["destinations", "show", name, id],
  ...optionWords({ stack }),
];

/** Sends the chosen events, and settles the dead letters. @param given the transaction IDs, if events are named @returns the exit code */
export async function redeliver(
  redelivery: Redelivery,
  choice: Choice,
  given: readonly string[],
  options: DestinationsOptions,
): Promise<number> {
  const { target, destination, operation, signal } = redelivery;
  const bar = progressBar(choice.count);
  const pace = { rate: options.rate ?? 50, signal, onProgress: bar.show };
  const { result, sent } = await sendAgain(target, destination, operation, choice.events(), pace);
  bar.end();
  // Whoever did not answer before does not answer this either.
  const letters: Swept = result.stopped ? { removed: 0 } : await settleDeadLetters(redelivery, sent);
  const stopped = result.stopped ?? letters.stopped;
  const outcome: SentAgain = { ...result, stopped, count: choice.count, deadLetters: letters.removed };
  const ids = [...new Set(given)];
  const left = ids.slice(result.done);
  // If only dead letters are left, the same events find them: within an operation, the pipeline delivers each once.
  const again = ids.length === 0 ? ["--failed"] : left.length > 0 ? left : ids;
  report(outcome, { destination: destination.name, operation, options, again });
  const isShown = ids.length === 1 && result.sent === 1 && !stopped && deliveriesOf(target, destination) !== undefined;
  if (isShown && !options.json) printError(`See whether it arrived:\n  ${ownCommandLine(showWords(destination, ids[0], options))}`);
  return exitCodeOf(outcome);
}
