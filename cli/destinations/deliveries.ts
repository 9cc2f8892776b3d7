import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import {
  DeliveryAttribute,
  deliveryId,
  DeliveryStatus,
  undeliveredIndex,
  undeliveredKey,
  type StoredAttempt,
} from "../../domain/destinations";
import { listedRowIn, rowIn, type ListedRow, type Row } from "../../handlers/deliver/items";
import type { Place } from "../events/cursor";
import { someAtOnce, type Item } from "../events/items";
import type { Target } from "../lib/target";
import type { DeliveriesTable } from "./state";

/** An event's delivery to a destination. An attribute that it does not have is left out. */
export interface Delivery extends Pick<Row, "transactionId" | "status" | "attempts" | "trigger" | "since" | "finishedAt" | "error"> {
  generation?: string;
  /** When it is tried next, RFC 3339. */
  nextAt?: string;
  /** The last attempts, oldest first; only of a delivery that is read by its ID. */
  history?: readonly StoredAttempt[];
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
  return Item && deliveryOf(rowIn(Item));
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

/** Makes a row, or what the index has of one, what is shown. */
function deliveryOf(row: ListedRow & Partial<Row>): Delivery {
  const { transactionId, status, attempts, trigger, generation, since, nextAt, finishedAt, error, history } = row;
  return {
    transactionId,
    status,
    attempts,
    trigger,
    ...(generation !== "" && { generation }),
    since,
    ...(nextAt !== undefined && { nextAt: new Date(nextAt).toISOString() }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(error !== undefined && { error }),
    ...(history && { history }),
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
    yield* Items.map(listedRowIn).map(deliveryOf);
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
  const found = (await Promise.all(undeliveredStatuses.map(newestOf))).flat().sort((a, b) => (a.since > b.since ? -1 : 1));
  const deliveries = found.slice(0, limit);
  return found.length > limit ? { deliveries, next: placeAfter(deliveries, after) } : { deliveries };
}

function placeAfter(shown: readonly Delivery[], after: Place | undefined): Place {
  const { since: receivedAt } = shown[shown.length - 1];
  const same = shown.filter(({ since }) => since === receivedAt).map(({ transactionId }) => transactionId);
  return { receivedAt, listed: after?.receivedAt === receivedAt ? [...after.listed, ...same] : same };
}

/** Writes a number of attempts: `1 attempt`, `2 attempts`. */
export const inAttempts = (attempts: number): string => (attempts === 1 ? "1 attempt" : `${attempts} attempts`);

/** Describes an attempt in a line: its time, duration, and the answer's status or the error. */
export function attemptLine({ at, durationMs, status, error, body }: StoredAttempt): string {
  return `${at}  ${String(durationMs).padStart(6)} ms  ${status ?? error ?? ""}${body === undefined ? "" : `  ${body}`}`;
}
