import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { Attribute } from "../../domain/event";
import { payloadOf } from "../../domain/payload";
import type { Target } from "../lib/target";

/** What is read of an event unless its payload is asked for. */
const shown = [
  Attribute.status,
  Attribute.source,
  Attribute.eventType,
  Attribute.kind,
  Attribute.occurredAt,
  Attribute.occurredAtSource,
  Attribute.receivedAt,
  Attribute.requeuedAt,
  Attribute.claimedAt,
  Attribute.claimedBy,
  Attribute.leaseUntil,
  Attribute.finishedAt,
  Attribute.attempts,
  Attribute.requeues,
  Attribute.error,
] as const;

/** An event with its whole way; attributes that it does not have are left out. */
export type ShownEvent = { transactionId: string } & Partial<Record<(typeof shown)[number], string | number>>;

/** @returns the event and, if it is asked for and there, its body as it came; `undefined` if there is no such event */
export async function showEvent(
  target: Target,
  transactionId: string,
  payload: boolean,
): Promise<{ event: ShownEvent; body: Buffer | undefined } | undefined> {
  const { dynamodb, tableName } = target;
  const attributes: string[] = [...shown, ...(payload ? [Attribute.payload, Attribute.payloadEncoding, Attribute.payloadKey] : [])];
  const names = Object.fromEntries(attributes.map((attribute, index) => [`#${index}`, attribute]));
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { [Attribute.transactionId]: { S: transactionId } },
      ConsistentRead: true,
      ProjectionExpression: Object.keys(names).join(", "),
      ExpressionAttributeNames: names,
    }),
  );
  if (!Item) return undefined;
  const known = shown.flatMap((name) => (Item[name] ? [[name, plain(Item[name])] as const] : []));
  return { event: { transactionId, ...Object.fromEntries(known) }, body: payload ? await bodyOf(target, Item) : undefined };
}

/** Wherever it is; `undefined` if it is nowhere. */
async function bodyOf({ s3, payloadBucketName }: Target, item: Record<string, AttributeValue>): Promise<Buffer | undefined> {
  const Key = item[Attribute.payloadKey]?.S;
  if (Key === undefined) {
    const bytes = payloadOf(item);
    return bytes && Buffer.from(bytes);
  }
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: payloadBucketName, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

function plain(value: AttributeValue): string | number {
  return value.N === undefined ? value.S! : Number(value.N);
}

/** The hops of an event, each with its moment and the time since the one before. */
export function hopsOf(event: ShownEvent): string[] {
  const moments: [string, string | number | undefined][] = [
    ["occurred", event.occurred_at_source === undefined ? event.occurred_at : undefined],
    ["received", event.received_at],
    ["put back", event.requeued_at],
    ["claimed", event.claimed_at],
    ["finished", event.finished_at],
  ];
  const known = moments
    .flatMap(([hop, at]) => (typeof at === "string" ? [{ hop, at }] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return known.map(({ hop, at }, index) => {
    const since = index === 0 ? "" : `  +${Date.parse(at) - Date.parse(known[index - 1].at)} ms`;
    return `${hop.padEnd(9)} ${at}${since}`;
  });
}
