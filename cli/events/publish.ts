import { setTimeout as sleep } from "node:timers/promises";
import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { Attribute, eventSource, processedEvent, Status } from "../../domain/event";
import type { Target } from "../lib/target";
import { normalizedAttributes, normalizedOf } from "./amounts";
import type { Chosen } from "./chosen";
import { mostAtOnce, readItems, type Item } from "./items";
import { inPace, type Pace, type Worked } from "./pace";

/** Counts what came of many events. It was stopped by the signal, or by an error: nobody answered, or AWS refused a call. */
export interface Published extends Worked<Chosen> {
  published: number;
  /** Events that were not published: why, by transaction ID. */
  failed: Map<string, string>;
  /** The last event that was worked on. */
  last?: Chosen;
}

/** The most that one PutEvents takes. */
const entriesAtOnce = 10;
/** Entries that EventBridge refuses for the moment are sent so often. */
const tries = 4;
const firstPauseMs = 100;

/** Publishes events again, as the workflow did, in their order; only PROCESSED ones are. */
export async function publishAll(
  target: Pick<Target, "dynamodb" | "tableName" | "eventBridge" | "eventBusName">,
  events: Iterable<Chosen> | AsyncIterable<Chosen>,
  pace: Pace,
): Promise<Published> {
  const failed = new Map<string, string>();
  let published = 0;
  let last: Chosen | undefined;
  const publishSome = async (some: readonly Chosen[]) => {
    const ids = some.map(({ transactionId }) => transactionId);
    const items = await readItems(target, ids, [Attribute.status, Attribute.receivedAt, ...normalizedAttributes]);
    const entries = new Map<string, PutEventsRequestEntry>();
    for (const id of ids) {
      const reason = unpublishable(items.get(id));
      if (reason) failed.set(id, reason);
      else entries.set(id, entryOf(id, items.get(id)!, target.eventBusName));
    }
    const all = [...entries];
    for (let sent = 0; sent < all.length; sent += entriesAtOnce) {
      const part = all.slice(sent, sent + entriesAtOnce);
      const refused = await publish(target, part);
      for (const [id, reason] of refused) failed.set(id, reason);
      published += part.length - refused.size;
    }
    last = some.at(-1);
  };
  const worked = await inPace(events, mostAtOnce, pace, publishSome);
  return { published, failed, last, ...worked };
}

export const unknown = "There is no such event.";

/** Tells why an event cannot be published again. @returns why an event cannot be published again; `undefined` if it can */
function unpublishable(item: Item | undefined): string | undefined {
  if (!item) return unknown;
  const status = item[Attribute.status]?.S;
  return status === Status.processed ? undefined : `It is ${status}. Only a PROCESSED event was published.`;
}

/** Builds the entry that the state Publish of the workflow puts (components/workflow/definition.ts). */
function entryOf(id: string, item: Item, EventBusName: string): PutEventsRequestEntry {
  const event = processedEvent(item[Attribute.receivedAt].S!, normalizedOf(id, item)!);
  return { EventBusName, Source: eventSource, DetailType: event.kind, Detail: JSON.stringify(event) };
}

/** Publishes events again. @returns why, of those that EventBridge did not take, by transaction ID */
async function publish(
  { eventBridge }: Pick<Target, "eventBridge">,
  entries: readonly (readonly [id: string, PutEventsRequestEntry])[],
): Promise<Map<string, string>> {
  let rest = [...entries];
  for (let attempt = 1; ; attempt++) {
    const { Entries = [] } = await eventBridge.send(new PutEventsCommand({ Entries: rest.map(([, entry]) => entry) }));
    const outcomes = rest.map((entry, index) => ({ entry, code: Entries[index]?.ErrorCode, message: Entries[index]?.ErrorMessage }));
    const refused = outcomes.filter(({ code }) => code !== undefined);
    if (refused.length === 0 || attempt === tries)
      return new Map(refused.map(({ entry: [id], code, message }) => [id, `EventBridge refused it: ${code}: ${message}`]));
    rest = refused.map(({ entry }) => entry);
    await sleep(firstPauseMs * 2 ** attempt);
  }
}
