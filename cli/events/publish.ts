import { setTimeout as sleep } from "node:timers/promises";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { mostItemsAtOnce } from "../../handlers/aws/batchGet";
import { Attribute, eventSource, processedEvent, Status, type ProcessedEvent } from "../../domain/event";
import { notFoundCode, partlyDone } from "../lib/errors";
import type { Target } from "../lib/target";
import { normalizedAttributes, normalizedIn } from "./amounts";
import type { Chosen } from "./chosen";
import { readItems, type Item, type ItemTable } from "./items";
import { inPace, type Pace, type Worked } from "./pace";

/** Counts what came of many events. It was stopped by the signal, or by an error: nobody answered, or AWS refused a call. */
export interface Sent extends Worked<Chosen> {
  sent: number;
  /** Events that were not sent: why, by transaction ID. */
  failed: Map<string, string>;
  /** The last event that was worked on. */
  last?: Chosen;
}

/** Returns how many of the events that were chosen were not worked on. */
export const restOf = ({ stopped, done }: Sent, count: number): number => (stopped ? Math.max(0, count - done) : 0);

/** Returns the exit code: 0, 1 if none was sent, 3 if none exists, 4 if some were not sent, 130 if the signal stopped it. */
export function exitCodeOf({ sent, failed, stopped }: Sent): number {
  if (stopped && stopped.error === undefined) return 130;
  if (stopped) return sent > 0 ? partlyDone : 1;
  if (failed.size === 0) return 0;
  if (sent > 0) return partlyDone;
  return [...failed.values()].every((reason) => reason === unknown) ? notFoundCode : 1;
}

/** Sends a few events. @returns why, of those that were refused, by transaction ID; nothing if it takes all or throws */
export type SendSome = (events: readonly ProcessedEvent[]) => Promise<ReadonlyMap<string, string> | void>;

/** The most that are sent at once: one PutEvents takes no more. */
const entriesAtOnce = 10;
/** Entries that AWS refuses for the moment are sent so often. */
const tries = 4;
const firstPauseMs = 100;

/** Publishes events again, as the workflow did, in their order; only PROCESSED ones are. */
export function publishAll(
  target: Pick<Target, "dynamodb" | "tableName" | "eventBridge" | "eventBusName">,
  events: Iterable<Chosen> | AsyncIterable<Chosen>,
  pace: Pace,
): Promise<Sent> {
  return sendAll(target, events, pace, (some) => publish(target, some));
}

/** Sends events as the workflow published them, in their order; only PROCESSED ones are. */
export async function sendAll(
  table: ItemTable,
  events: Iterable<Chosen> | AsyncIterable<Chosen>,
  pace: Pace,
  send: SendSome,
): Promise<Sent> {
  const failed = new Map<string, string>();
  let sent = 0;
  let last: Chosen | undefined;
  const work = async (some: readonly Chosen[]) => {
    const ids = some.map(({ transactionId }) => transactionId);
    const items = await readItems(table, ids, [Attribute.status, Attribute.receivedAt, ...normalizedAttributes]);
    const published: ProcessedEvent[] = [];
    for (const id of new Set(ids)) {
      const reason = unpublishable(items.get(id));
      if (reason) failed.set(id, reason);
      else published.push(processedEvent(items.get(id)![Attribute.receivedAt].S!, normalizedIn(id, items.get(id)!)!));
    }
    for (let from = 0; from < published.length; from += entriesAtOnce) {
      const part = published.slice(from, from + entriesAtOnce);
      const refused = [...((await send(part)) ?? [])];
      for (const [id, reason] of refused) failed.set(id, reason);
      sent += part.length - refused.length;
    }
    last = some.at(-1);
  };
  const worked = await inPace(events, mostItemsAtOnce, pace, work);
  return { sent, failed, last, ...worked };
}

export const unknown = "There is no such event.";

/** Tells why an event cannot be published again. @returns why an event cannot be published again; `undefined` if it can */
function unpublishable(item: Item | undefined): string | undefined {
  if (!item) return unknown;
  const status = item[Attribute.status]?.S;
  return status === Status.processed ? undefined : `It is ${status}. Only a PROCESSED event was published.`;
}

/**
 * Publishes events again, with the entries that the state Publish of the workflow puts (components/workflow/definition.ts).
 * @returns why, of those that EventBridge did not take, by transaction ID
 */
async function publish(
  { eventBridge, eventBusName: EventBusName }: Pick<Target, "eventBridge" | "eventBusName">,
  events: readonly ProcessedEvent[],
): Promise<Map<string, string>> {
  let rest = events;
  for (let attempt = 1; ; attempt++) {
    const entries = rest.map((event) => ({ EventBusName, Source: eventSource, DetailType: event.kind, Detail: JSON.stringify(event) }));
    const { Entries = [] } = await eventBridge.send(new PutEventsCommand({ Entries: entries }));
    const outcomes = rest.map((event, index) => ({ event, code: Entries[index]?.ErrorCode, message: Entries[index]?.ErrorMessage }));
    const refused = outcomes.filter(({ code }) => code !== undefined);
    if (refused.length === 0 || attempt === tries)
      return new Map(
        refused.map(({ event, code, message }) => [event.transactionId, `EventBridge refused it: ${code}: ${message}`] as const),
      );
    rest = refused.map(({ event }) => event);
    await sleep(firstPauseMs * 2 ** attempt);
  }
}
