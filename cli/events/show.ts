import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { Attribute, Status } from "../../domain/event";
import { historyRounds } from "../../domain/history";
import { payloadInItem } from "../../domain/payload";
import { NotFoundError } from "../../domain/userError";
import { attemptLine, inAttempts, readDeliveries, type Delivery } from "../destinations/deliveries";
import { print, printLine, printPayload } from "../lib/output";
import type { Target } from "../lib/target";
import type { NormalizedEvent } from "../../handlers/events/normalize";
import { inMajorUnits, normalizedIn } from "./amounts";
import { ownCommandLine, optionWords } from "../lib/shell";
import { historyIn } from "./history";
import type { EventsOptions } from "./options";
import { shown, type ShownEvent } from "./shownEvent";
import { stagesOf } from "./stages";
import { onTarget } from "./target";

/**
 * Prints an event's timeline, meaning, attempts, error and deliveries, and its payload if that is asked for.
 * @throws NotFoundError if there is no such event
 */
export async function showEvent(id: string, { stack, payload, json }: EventsOptions): Promise<number> {
  return onTarget("show", { stack }, async (target) => {
    const found = await readEvent(target, id, payload ?? false);
    if (!found) throw noSuchEvent(target, id);
    const { event, body } = found;
    const deliveries = await readDeliveries(target, id);
    if (json)
      return print(JSON.stringify({ ...event, ...(deliveries.length > 0 && { deliveries }), payload: body?.toString() }, undefined, 2));
    // Where a program takes the payload, standard output is that alone.
    const stream = body !== undefined && !process.stdout.isTTY ? process.stderr : process.stdout;
    for (const line of [...describe(event, target.eventBusName), ...deliveries.flatMap(describeDelivery)]) printLine(line, stream);
    if (event.status === Status.failed)
      printLine(`Redrive it: ${ownCommandLine(["events", "redrive", id, ...optionWords({ stack })])}`, process.stderr);
    if (body !== undefined) printPayload(body);
    return 0;
  });
}

export function noSuchEvent({ tableName }: Pick<Target, "tableName">, id: string): NotFoundError {
  return new NotFoundError(`There is no event ${id} in ${tableName}. "events list" lists what there is.`);
}

/** An event as it was read. */
export interface FoundEvent {
  event: ShownEvent;
  /** Stored headers, by lower-case name; never one with a signature. */
  headers: Record<string, string>;
  /** Format of the body: `json`, `form` or `text`. */
  mediaType: string;
  /** Body as it came; `undefined` if it was not asked for, or is not there any more. */
  body: Buffer | undefined;
}

/**
 * Reads an event, and its body if that is asked for.
 * @returns `undefined` if there is no such event
 */
export async function readEvent(target: Target, transactionId: string, payload: boolean): Promise<FoundEvent | undefined> {
  const { dynamodb, tableName } = target;
  const ofBody = payload ? [Attribute.payload, Attribute.payloadEncoding, Attribute.payloadKey] : [];
  const attributes: string[] = [
    ...shown.map((name) => Attribute[name]),
    ...historyRounds.map((name) => Attribute[name]),
    Attribute.normalized,
    Attribute.headers,
    Attribute.mediaType,
    ...ofBody,
  ];
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
  const known = shown.flatMap((name) => (Item[Attribute[name]] ? [[name, plain(Item[Attribute[name]])] as const] : []));
  const normalized = normalizedIn(transactionId, Item);
  const history = historyIn(Item);
  const event = { transactionId, ...Object.fromEntries(known), ...(normalized && { normalized }), ...(history.length > 0 && { history }) };
  return { event, ...requestOf(Item), body: payload ? await bodyOfItem(target, Item) : undefined };
}

/** Returns what is stored of the request beside its body. */
function requestOf(item: Record<string, AttributeValue>): Pick<FoundEvent, "headers" | "mediaType"> {
  const headers = Object.entries(item[Attribute.headers]?.M ?? {}).map(([name, value]) => [name, value.S ?? ""]);
  return { headers: Object.fromEntries(headers) as Record<string, string>, mediaType: item[Attribute.mediaType]?.S ?? "json" };
}

/** Reads the body from the item or the bucket; `undefined` if neither has it. */
async function bodyOfItem(
  { s3, payloadBucketName }: Pick<Target, "s3" | "payloadBucketName">,
  item: Record<string, AttributeValue>,
): Promise<Buffer | undefined> {
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

/** Describes an event in lines: what it is, its timeline, its attempts and its error. */
function describe(event: ShownEvent, eventBusName: string): string[] {
  const { transactionId, status } = event;
  const normalized: Partial<NormalizedEvent> = event.normalized ?? {};
  const rows: [label: string, value: unknown][] = [
    ["source", event.source],
    ["type", event.eventType],
    ["kind", event.kind],
    ["amount", normalized.amount && inMajorUnits(normalized.amount)],
    ["payment", normalized.paymentReference],
    ["customer", normalized.customerReference],
    ["account", normalized.account],
    ["test", normalized.test === true ? "yes" : undefined],
  ];
  const ends: [label: string, value: unknown][] = [
    // No time is stored. The workflow publishes an event before it writes that it has finished.
    ["published", status === Status.processed ? `as ${event.kind} on ${eventBusName}` : undefined],
    ["attempts", event.attempts ?? 0],
    ["requeues", event.requeues ?? 0],
    ["execution", event.claimedBy],
    ["error", event.error],
  ];
  const lines = (some: typeof rows) =>
    some.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(9)} ${String(value)}`]));
  return [`${transactionId} is ${status}.`, ...lines(rows), ...timelineOf(event).map((stage) => `  ${stage}`), ...lines(ends)];
}

/** Describes a delivery in lines: its status, and its attempts. */
function describeDelivery({ destination, status, attempts, nextAt, error, history = [] }: Delivery & { destination: string }): string[] {
  const rest = [inAttempts(attempts), ...(nextAt === undefined ? [] : [`next ${nextAt}`]), ...(error === undefined ? [] : [error])];
  return [`  to ${destination}: ${status}, ${rest.join(", ")}`, ...history.map((attempt) => `    ${attemptLine(attempt)}`)];
}

/** Lists the stages of an event, each with its time, the milliseconds since the one before, and what went wrong. */
export const timelineOf = (event: ShownEvent): string[] =>
  stagesOf(event).map(({ name, at, since, reason }) =>
    [name.padEnd(9), at, since !== undefined && ` +${since} ms`, reason && ` ${reason}`].filter(Boolean).join(" "),
  );
