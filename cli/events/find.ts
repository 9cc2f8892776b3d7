import { paginateQuery, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, byStatusIndex } from "../../domain/event";
import type { Target } from "../lib/target";
import type { Filters } from "./filters";

/** An event as the index has it: no payload is read to list events. */
export interface ListedEvent {
  transactionId: string;
  status: string;
  receivedAt: string;
  eventType: string;
  source: string;
  /** `undefined` until the event is normalized. */
  kind: string | undefined;
  attempts: number;
  /** When the event was last requeued or redriven. */
  requeuedAt: string | undefined;
  /** When the event became PROCESSED or FAILED. */
  finishedAt: string | undefined;
  error: string | undefined;
}

export type Table = Pick<Target, "dynamodb" | "tableName">;

export interface Reading {
  newestFirst?: boolean;
  /** Events that a query reads at once; as many as fit into a megabyte if left out. */
  pageSize?: number;
  /** Is told how many events the index has read for a page, before the filters. */
  onRead?: (events: number) => void;
}

/** Finds the events that fit, status by status and page by page, those of a status oldest first unless told otherwise. */
export async function* findEvents(table: Table, filters: Filters, reading: Reading = {}): AsyncGenerator<ListedEvent[]> {
  for (const status of filters.statuses) yield* findOfStatus(table, status, filters, reading);
}

async function* findOfStatus(
  { dynamodb: client, tableName }: Table,
  status: string,
  filters: Filters,
  { newestFirst = false, pageSize, onRead }: Reading,
): AsyncGenerator<ListedEvent[]> {
  const order = newestFirst ? { ScanIndexForward: false } : {};
  const query = { TableName: tableName, IndexName: byStatusIndex, ...order, ...queryOf(status, filters) };
  for await (const { Items = [], ScannedCount = 0 } of paginateQuery({ client, pageSize }, query)) {
    onRead?.(ScannedCount);
    if (Items.length > 0) yield Items.map(listed);
  }
}

/** Finds the transaction IDs of all events that fit. */
export async function findIds(table: Table, filters: Filters): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of findEvents(table, filters)) ids.push(...page.map(({ transactionId }) => transactionId));
  return ids;
}

/**
 * Finds the events that fit, over all statuses, newest first. It merges one query for each status.
 * An event that changes its status meanwhile may come twice.
 */
export async function* findNewestFirst(table: Table, filters: Filters, reading: Reading = {}): AsyncGenerator<ListedEvent> {
  const streams: { events: AsyncGenerator<ListedEvent>; head: ListedEvent }[] = [];
  // One after the other, in the order of an event's life: an event that moves on meanwhile is still ahead of the next query.
  for (const status of filters.statuses) {
    const events = oneByOne(findOfStatus(table, status, filters, { ...reading, newestFirst: true }));
    const { value, done } = await events.next();
    if (!done) streams.push({ events, head: value });
  }
  while (streams.length > 0) {
    const newest = streams.reduce((a, b) => (b.head.receivedAt > a.head.receivedAt ? b : a));
    yield newest.head;
    const { value, done } = await newest.events.next();
    if (done) streams.splice(streams.indexOf(newest), 1);
    else newest.head = value;
  }
}

async function* oneByOne(pages: AsyncGenerator<ListedEvent[]>): AsyncGenerator<ListedEvent, undefined> {
  for await (const page of pages) yield* page;
  return undefined;
}

function queryOf(status: string, { source, kind, since, until }: Filters) {
  const values = Object.entries({ status, source, kind, since, until }).filter(([, value]) => value !== undefined);
  const equal = ([name]: [string, unknown]) => `#${name} = :${name}`;
  const received =
    since && until ? "#receivedAt BETWEEN :since AND :until" : since ? "#receivedAt >= :since" : until && "#receivedAt <= :until";
  const KeyConditionExpression = ["#status = :status", received].filter(Boolean).join(" AND ");
  const FilterExpression =
    values
      .filter(([name]) => name === "source" || name === "kind")
      .map(equal)
      .join(" AND ") || undefined;
  const names = [...`${KeyConditionExpression} ${FilterExpression}`.matchAll(/#(\w+)/g)] as unknown as [string, keyof typeof Attribute][];
  return {
    KeyConditionExpression,
    FilterExpression,
    ExpressionAttributeNames: Object.fromEntries(names.map(([placeholder, name]) => [placeholder, Attribute[name]])),
    ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [`:${name}`, { S: value! }])),
  };
}

/** Reads an item of the table or its index as a listed event. */
export function listed(item: Record<string, AttributeValue>): ListedEvent {
  const text = (attribute: string) => item[attribute]?.S;
  return {
    transactionId: text(Attribute.transactionId)!,
    status: text(Attribute.status)!,
    receivedAt: text(Attribute.receivedAt)!,
    eventType: text(Attribute.eventType) ?? "",
    source: text(Attribute.source) ?? "",
    kind: text(Attribute.kind),
    attempts: Number(item[Attribute.attempts]?.N ?? 0),
    requeuedAt: text(Attribute.requeuedAt),
    finishedAt: text(Attribute.finishedAt),
    error: text(Attribute.error),
  };
}
