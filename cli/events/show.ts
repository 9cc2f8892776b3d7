import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { Attribute } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { print, printLine, printPayload } from "../lib/output";
import { payloadInItem } from "../../domain/payload";
import { findTarget, type Target } from "../lib/target";
import type { EventsOptions } from "./options";

/** Prints an event's timeline, and its payload if it is asked for. @throws UserError if there is no such event */
export async function showEvent(id: string, { stack, payload, json }: EventsOptions): Promise<number> {
  const target = await findTarget(stack);
  const found = await readEvent(target, id, payload ?? false);
  if (!found) throw new UserError(`There is no event ${id} in ${target.tableName}.`);
  const { event, body } = found;
  if (json) return print(JSON.stringify({ ...event, payload: body?.toString() }, undefined, 2));
  // Where a program takes the payload, standard output is that alone.
  const piped = body !== undefined && !process.stdout.isTTY;
  const lines = [
    `${id} is ${event.status}: ${event.event_type}${event.kind === undefined ? "" : ` (${event.kind})`}`,
    ...timelineOf(event).map((stage) => `  ${stage}`),
    `  attempts  ${event.attempts ?? 0}, put back by the reconciler ${event.requeues ?? 0} times`,
    ...(event.claimed_by === undefined ? [] : [`  execution ${event.claimed_by}`]),
    ...(event.error === undefined ? [] : [`  error     ${event.error}`]),
  ];
  for (const line of lines) printLine(line, piped ? process.stderr : process.stdout);
  if (body !== undefined) printPayload(body);
  return 0;
}

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

/** An event with its timeline; attributes that it does not have are left out. */
export type ShownEvent = { transactionId: string } & Partial<Record<(typeof shown)[number], string | number>>;

/** @returns the event and, if it is asked for and there, its body as it came; `undefined` if there is no such event */
export async function readEvent(
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
    const bytes = payloadInItem(item);
    return bytes && Buffer.from(bytes);
  }
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: payloadBucketName, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

function plain(value: AttributeValue): string | number {
  return value.N === undefined ? value.S! : Number(value.N);
}

/** Tells the stages of an event, each with its moment and the time since the one before. */
export function timelineOf(event: ShownEvent): string[] {
  const moments: [string, string | number | undefined][] = [
    ["occurred", event.occurred_at_source === undefined ? event.occurred_at : undefined],
    ["received", event.received_at],
    ["put back", event.requeued_at],
    ["claimed", event.claimed_at],
    ["finished", event.finished_at],
  ];
  const known = moments
    .flatMap(([stage, at]) => (typeof at === "string" ? [{ stage, at }] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return known.map(({ stage, at }, index) => {
    const since = index === 0 ? "" : `  +${Date.parse(at) - Date.parse(known[index - 1].at)} ms`;
    return `${stage.padEnd(9)} ${at}${since}`;
  });
}
