import { Status } from "../../domain/event";
import { operationOf, sendAgain } from "../destinations/messages";
import { settleDeadLetters } from "../destinations/settle";
import { requireDestination } from "../destinations/target";
import { named } from "../events/chosen";
import { removeSettledDeadLetters } from "../events/dlq";
import { readListed } from "../events/listed";
import type { Pace } from "../events/pace";
import { publishAll, type Sent } from "../events/publish";
import { redriveAll } from "../events/redrive";
import type { DestinationsTarget } from "../lib/target";
import type { Done } from "./api";

/** Events a second, as the commands have it. */
const rate = 50;
/** Milliseconds for which an action looks for dead letters at most: a person waits for it. */
const deadLettersMs = 10_000;
const pace = (): Pace => ({ rate, signal: new AbortController().signal, onProgress: () => undefined });

/** Redrives exactly these events, and removes the dead letters that say nothing any more. */
export async function redrive(target: DestinationsTarget, ids: readonly string[]): Promise<Done> {
  const { redriven, left, failed, stopped } = await redriveAll(target, ids, pace());
  // What was redriven is told, also if nobody can say why the others were not.
  const listed = await readListed(target, left).catch(() => undefined);
  const statuses = new Map(listed?.map(({ transactionId, status }) => [transactionId, status]));
  const whyLeft = (id: string) => {
    const status = statuses.get(id);
    if (status === undefined) return listed ? "There is no such event." : "It was left as it is, and could not be read.";
    return `It is ${status}. ${onlyFailed(status)}`;
  };
  // The events are redriven whether or not their dead letters go now: the next redrive removes what is left.
  if (redriven > 0) await removeSettledDeadLetters(target, AbortSignal.timeout(deadLettersMs)).catch(() => 0);
  return {
    done: redriven,
    left: [
      ...left.map((id) => ({ id, why: whyLeft(id) })),
      ...[...failed].map(([id, why]) => ({ id, why })),
      ...(stopped ? ids.slice(redriven + left.length + failed.size).map((id) => ({ id, why: notTried })) : []),
    ],
  };
}

const notTried = "Not tried: an earlier call failed.";

const onlyFailed = (status: string) =>
  status === Status.processed ? "Replay publishes it again." : "Only a FAILED or stuck event is redriven.";

/** Publishes exactly these events again, to every rule of the bus. */
export async function replay(target: DestinationsTarget, ids: readonly string[]): Promise<Done> {
  return doneOf(await publishAll(target, named(ids).events(), pace()), ids);
}

/** Sends exactly these events to one destination again, and removes their dead letters. @throws UsageError if there is no such destination */
export async function redeliver(target: DestinationsTarget, name: string, ids: readonly string[]): Promise<Done> {
  const destination = requireDestination(target, name);
  const operation = operationOf("redelivery", undefined);
  const { result, sent } = await sendAgain(target, destination, operation, named(ids).events(), pace());
  if (sent.size > 0) await settleDeadLetters({ target, destination, operation, signal: AbortSignal.timeout(deadLettersMs) }, sent);
  return doneOf(result, ids);
}

/** @throws the error that stopped it before anything was sent */
function doneOf({ sent, failed, stopped }: Sent, ids: readonly string[]): Done {
  if (stopped?.error !== undefined && sent === 0) throw stopped.error;
  // They are sent in their order: the first ones that nothing kept back are those that were.
  const unsent = stopped ? ids.filter((id) => !failed.has(id)).slice(sent) : [];
  const rest = unsent.map((id) => ({ id, why: notTried }));
  return { done: sent, left: [...[...failed].map(([id, why]) => ({ id, why })), ...rest] };
}
