import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { deliveryId, DeliveryStatus, undeliveredIndex, undeliveredKey } from "../../domain/destinations";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { ifHolds } from "../aws/ifHolds";
import { itemOf, listedRowIn, rowIn, type ListedRow, type Row } from "./items";
import type { Delivery } from "./message";
import { namesOf, readItem, tableName } from "./table";

/**
 * Reads the row of a delivery, eventually consistent unless asked otherwise: a copy of its message that comes within a second of the first
 * may be delivered twice anyway, since the first may not be recorded yet.
 * @throws the error of DynamoDB
 */
export async function readRow(
  { destination, transactionId }: Pick<Delivery, "destination" | "transactionId">,
  consistent = false,
): Promise<Row | undefined> {
  const item = await readItem(deliveryId(destination, transactionId), consistent);
  return item && rowIn(item);
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

/** Most OPEN deliveries that a run reads: they cost one or two read units. */
const mostOpen = 25;

/** Returns the OPEN deliveries of a destination that were first tried the longest ago, the oldest first. */
export async function oldestOpenRows(destination: string): Promise<ListedRow[]> {
  const command = new QueryCommand({
    TableName: tableName(),
    IndexName: undeliveredIndex.name,
    KeyConditionExpression: "#undelivered = :open",
    ExpressionAttributeNames: namesOf("undelivered"),
    ExpressionAttributeValues: { ":open": { S: undeliveredKey(destination, DeliveryStatus.open) } },
    Limit: mostOpen,
  });
  const { Items = [] } = await dynamodb.send(command, abortAtDeadline());
  return Items.map(listedRowIn);
}
