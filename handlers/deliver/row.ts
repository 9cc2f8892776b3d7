import { PutItemCommand, QueryCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import {
  DeliveryAttribute,
  deliveryId,
  DeliveryStatus,
  storedAttempts,
  undeliveredIndex,
  undeliveredKey,
  type StoredAttempt,
  type Trigger,
} from "../../domain/destinations";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { text, type Item } from "../events/items";
import type { Delivery } from "./message";
import { ifHolds, namesOf, readItem, tableName } from "./table";

/** Row of a delivery. */
export interface Row {
  destination: string;
  transactionId: string;
  status: DeliveryStatus;
  generation: string;
  /** Epoch milliseconds. */
  generationAt: number;
  trigger: Trigger;
  /** Attempts in this generation. An attempt that paused the destination is none. */
  attempts: number;
  /** Sum of the intervals after them, as scheduled; absent if nothing was put off. */
  scheduledMs?: number;
  history: readonly StoredAttempt[];
  /** Epoch milliseconds; absent if it is settled. */
  nextAt?: number;
  /** RFC 3339 with milliseconds. */
  since: string;
  /** RFC 3339 with milliseconds; absent while it is OPEN. */
  finishedAt?: string;
  error?: string;
  /** Epoch seconds. */
  expiresAt: number;
}

/**
 * Reads the row of a delivery, eventually consistent unless asked otherwise: a copy of its message that comes within a second of the first may be delivered twice
 * anyway, since the first may not be recorded yet.
 * @throws the error of DynamoDB
 */
export async function readRow(
  { destination, transactionId }: Pick<Delivery, "destination" | "transactionId">,
  consistent = false,
): Promise<Row | undefined> {
  const item = await readItem(deliveryId(destination, transactionId), consistent);
  return item && rowIn(item);
}

function rowIn(item: Item): Row {
  const optional = (attribute: string) => item[attribute]?.S;
  const number = (attribute: string) => Number(item[attribute]?.N);
  return {
    destination: text(item, DeliveryAttribute.destination),
    transactionId: text(item, DeliveryAttribute.transactionId),
    status: text(item, DeliveryAttribute.status) as DeliveryStatus,
    generation: text(item, DeliveryAttribute.generation),
    generationAt: number(DeliveryAttribute.generationAt),
    trigger: text(item, DeliveryAttribute.trigger) as Trigger,
    attempts: number(DeliveryAttribute.attempts),
    scheduledMs: item[DeliveryAttribute.scheduledMs] && number(DeliveryAttribute.scheduledMs),
    history: (item[DeliveryAttribute.history]?.L ?? []).map(({ M = {} }) => unmarshall(M) as StoredAttempt),
    nextAt: item[DeliveryAttribute.nextAt] && number(DeliveryAttribute.nextAt),
    since: text(item, DeliveryAttribute.since),
    finishedAt: optional(DeliveryAttribute.finishedAt),
    error: optional(DeliveryAttribute.error),
    expiresAt: number(DeliveryAttribute.expiresAt),
  };
}

function itemOf(row: Row): Item {
  const { destination, transactionId, history, status } = row;
  const attributes: Record<string, unknown> = {
    [DeliveryAttribute.id]: deliveryId(destination, transactionId),
    ...Object.fromEntries(Object.entries(row).map(([name, value]) => [DeliveryAttribute[name as keyof Row], value as unknown])),
    [DeliveryAttribute.history]: history.slice(-storedAttempts),
    ...(status !== DeliveryStatus.delivered && { [DeliveryAttribute.undelivered]: undeliveredKey(destination, status) }),
  };
  return marshall(attributes, { removeUndefinedValues: true }) as Record<string, AttributeValue>;
}

/**
 * Tells whether nothing is left to do for a message: its generation is settled, or a later one has taken over. An event's first delivery
 * is before every operation's, whenever EventBridge sends it.
 */
export function isDone(row: Row, { generation, sentAt }: Delivery): boolean {
  if (row.generation === generation) return row.status !== DeliveryStatus.open;
  return generation === "" || (row.generation !== "" && sentAt <= row.generationAt);
}

/** Returns the row with which an attempt begins: as it is, or that of a new generation. */
export function beginRow(before: Row | undefined, message: Delivery, now: number): Row {
  const { generation, sentAt: generationAt, destination, transactionId, trigger } = message;
  if (before?.generation === generation) return before;
  return {
    destination,
    transactionId,
    status: DeliveryStatus.open,
    generation,
    generationAt,
    trigger,
    attempts: 0,
    history: before?.history ?? [],
    since: new Date(now).toISOString(),
    expiresAt: 0,
  };
}

/** Holds unless a later generation has a row. */
const notLater = {
  first: "attribute_not_exists(#id)",
  later: "attribute_not_exists(#id) OR (#generation <> :generation AND (#generation = :first OR #generationAt < :generationAt))",
} as const;

/**
 * Writes a row. It never takes the place of a later generation's; one that is not DELIVERED never that of a settled one of its own
 * generation.
 * @returns false if another copy of the message, or another message, was first
 */
export async function writeRow(row: Row): Promise<boolean> {
  const { generation, generationAt, status } = row;
  const isFirst = generation === "";
  const isDelivered = status === DeliveryStatus.delivered;
  const own = isDelivered ? "#generation = :generation" : "(#generation = :generation AND #status = :open)";
  const command = new PutItemCommand({
    TableName: tableName(),
    Item: itemOf(row),
    ConditionExpression: `${isFirst ? notLater.first : notLater.later} OR ${own}`,
    ExpressionAttributeNames: namesOf(
      "id",
      "generation",
      ...(isFirst ? [] : ["generationAt" as const]),
      ...(isDelivered ? [] : ["status" as const]),
    ),
    ExpressionAttributeValues: marshall({
      ":generation": generation,
      ...(isFirst ? {} : { ":first": "", ":generationAt": generationAt }),
      ...(isDelivered ? {} : { ":open": DeliveryStatus.open }),
    }),
  });
  return (await ifHolds(() => dynamodb.send(command, abortAtDeadline()))) !== undefined;
}

/** OPEN delivery, as the index knows it. */
export interface OpenDelivery {
  transactionId: string;
  /** RFC 3339 with milliseconds. */
  since: string;
  /** Epoch milliseconds. */
  nextAt?: number;
}

/** Most OPEN deliveries that a run reads: they cost one or two read units. */
const mostOpen = 25;

/** Returns the OPEN deliveries of a destination that were first tried the longest ago, the oldest first. */
export async function oldestOpen(destination: string): Promise<OpenDelivery[]> {
  const command = new QueryCommand({
    TableName: tableName(),
    IndexName: undeliveredIndex.name,
    KeyConditionExpression: "#undelivered = :open",
    ExpressionAttributeNames: namesOf("undelivered"),
    ExpressionAttributeValues: { ":open": { S: undeliveredKey(destination, DeliveryStatus.open) } },
    Limit: mostOpen,
  });
  const { Items = [] } = await dynamodb.send(command, abortAtDeadline());
  return Items.map((item) => {
    const nextAt = item[DeliveryAttribute.nextAt]?.N;
    const [transactionId, since] = [text(item, DeliveryAttribute.transactionId), text(item, DeliveryAttribute.since)];
    return { transactionId, since, ...(nextAt !== undefined && { nextAt: Number(nextAt) }) };
  });
}
