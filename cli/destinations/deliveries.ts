import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import {
  DeliveryAttribute,
  deliveryId,
  DeliveryStatus,
  undeliveredIndex,
  undeliveredKey,
  type StoredAttempt,
  type Trigger,
} from "../../domain/destinations";
import type { Place } from "../events/cursor";
import { someAtOnce, type Item } from "../events/items";
import type { Target } from "../lib/target";
import type { DeliveriesTable } from "./state";

/** An event's delivery to a destination. An attribute that it does not have is left out. */
export interface Delivery {
  transactionId: string;
  status: DeliveryStatus;
  trigger?: Trigger;
  generation?: string;
  /** Number of attempts in its generation. */
  attempts: number;
  /** When it was first tried, RFC 3339. */
  since?: string;
  /** When it is tried next, RFC 3339. */
  nextAt?: string;
  finishedAt?: string;
  error?: string;
  /** The last attempts, oldest first; only of a delivery that is read by its ID. */
  history?: StoredAttempt[];
}

const undeliveredStatuses = [DeliveryStatus.open, DeliveryStatus.failed] as const;

/** Reads an event's delivery to a destination. @returns `undefined` if none is stored: then it has not failed yet, nor succeeded */
export async function readDelivery(
  { dynamodb, deliveriesTableName }: DeliveriesTable,
  destination: string,
  transactionId: string,
): Promise<Delivery | undefined> {
  const Key = { [DeliveryAttribute.id]: { S: deliveryId(destination, transactionId) } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: deliveriesTableName, Key, ConsistentRead: true }));
  return Item && deliveryOf(Item);
}

/** Reads an event's deliveries to all destinations, those that are stored. */
export async function readDeliveries(
  { dynamodb, deliveriesTableName, destinations }: Pick<Target, "dynamodb" | "deliveriesTableName" | "destinations">,
  transactionId: string,
): Promise<(Delivery & { destination: string })[]> {
  if (deliveriesTableName === undefined) return [];
  const posted = Object.keys(destinations).filter((name) => destinations[name].type === "https");
  const found = await someAtOnce(posted, async (destination) => ({
    destination,
    delivery: await readDelivery({ dynamodb, deliveriesTableName }, destination, transactionId),
  }));
  return found.flatMap(({ destination, delivery }) => (delivery ? [{ destination, ...delivery }] : []));
}

/** Reads an item, or an entry of the index, as a delivery. */
function deliveryOf(item: Item): Delivery {
  const stored = unmarshall(item) as Record<string, unknown>;
  const nextAt = stored[DeliveryAttribute.nextAt];
  const rest = {
    trigger: stored[DeliveryAttribute.trigger],
    generation: stored[DeliveryAttribute.generation] || undefined,
    since: stored[DeliveryAttribute.since],
    nextAt: typeof nextAt === "number" ? new Date(nextAt).toISOString() : undefined,
    finishedAt: stored[DeliveryAttribute.finishedAt],
    error: stored[DeliveryAttribute.error],
    history: stored[DeliveryAttribute.history],
  };
  return {
    transactionId: stored[DeliveryAttribute.transactionId] as string,
    status: stored[DeliveryAttribute.status] as DeliveryStatus,
    attempts: Number(stored[DeliveryAttribute.attempts] ?? 0),
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<
      Delivery,
      "transactionId" | "status" | "attempts"
    >),
  };
}

/** Selects undelivered events of a destination. */
interface Selection {
  status: (typeof undeliveredStatuses)[number];
  /** Latest time of the first attempt, inclusive. */
  until?: string;
  newestFirst?: boolean;
  /** Entries of a page. */
  size?: number;
}

/** Finds undelivered events of one status, in the order of their first attempts, page by page as they are needed. */
export async function* findUndelivered(
  { dynamodb, deliveriesTableName }: DeliveriesTable,
  destination: string,
  { status, until, newestFirst = false, size }: Selection,
): AsyncGenerator<Delivery> {
  let after: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new QueryCommand({
        TableName: deliveriesTableName,
        IndexName: undeliveredIndex.name,
        KeyConditionExpression: `#key = :key${until === undefined ? "" : " AND #since <= :until"}`,
        ExpressionAttributeNames: { "#key": undeliveredIndex.hashKey, ...(until !== undefined && { "#since": undeliveredIndex.rangeKey }) },
        ExpressionAttributeValues: {
          ":key": { S: undeliveredKey(destination, status) },
          ...(until !== undefined && { ":until": { S: until } }),
        },
        ScanIndexForward: !newestFirst,
        ...(size !== undefined && { Limit: size }),
        ...(after && { ExclusiveStartKey: after }),
      }),
    );
    yield* Items.map(deliveryOf);
    after = LastEvaluatedKey;
  } while (after);
}

/** Returns when the oldest delivery that is tried again was first tried, RFC 3339; `undefined` if there is none. */
export async function oldestUndelivered(table: DeliveriesTable, destination: string): Promise<string | undefined> {
  for await (const { since } of findUndelivered(table, destination, { status: DeliveryStatus.open, size: 1 })) return since;
  return undefined;
}

/** Lists a destination's undelivered events, newest first. @returns them, and the place at which the list ends if there is more */
export async function listUndelivered(
  table: DeliveriesTable,
  destination: string,
  limit: number,
  after: Place | undefined,
): Promise<{ deliveries: Delivery[]; next?: Place }> {
  const listed = new Set(after?.listed);
  const size = limit + 1 + listed.size;
  // One more than asked tells whether there are more.
  const newestOf = async (status: Selection["status"]) => {
    const found: Delivery[] = [];
    for await (const one of findUndelivered(table, destination, { status, newestFirst: true, size, until: after?.receivedAt })) {
      if (!listed.has(one.transactionId)) found.push(one);
      if (found.length > limit) break;
    }
    return found;
  };
  const found = (await Promise.all(undeliveredStatuses.map(newestOf))).flat().sort((a, b) => (sinceOf(a) > sinceOf(b) ? -1 : 1));
  const deliveries = found.slice(0, limit);
  return found.length > limit ? { deliveries, next: placeAfter(deliveries, after) } : { deliveries };
}

const sinceOf = ({ since = "" }: Delivery) => since;

function placeAfter(shown: readonly Delivery[], after: Place | undefined): Place {
  const receivedAt = sinceOf(shown[shown.length - 1]);
  const same = shown.filter((one) => sinceOf(one) === receivedAt).map(({ transactionId }) => transactionId);
  return { receivedAt, listed: after?.receivedAt === receivedAt ? [...after.listed, ...same] : same };
}

/** Writes a number of attempts: `1 attempt`, `2 attempts`. */
export const inAttempts = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`);

/** Describes an attempt in a line: its time, duration, and the answer's status or the error. */
export function attemptLine({ at, durationMs, status, error, body }: StoredAttempt): string {
  return `${at}  ${String(durationMs).padStart(6)} ms  ${status ?? error ?? ""}${body === undefined ? "" : `  ${body}`}`;
}
