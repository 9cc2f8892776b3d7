import { paginateQuery, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, byStatusIndex } from "../../domain/event";
import { print, printLine } from "../lib/output";
import { findTarget, type Target } from "../lib/target";
import type { EventsOptions } from "./options";
import { readFilters, type Filters } from "./filters";

/** An event as the index shows it: no payload is read to list events. */
export interface ListedEvent {
  transactionId: string;
  status: string;
  receivedAt: string;
  eventType: string;
  /** `undefined` until it is normalized. */
  kind: string | undefined;
  attempts: number;
  error: string | undefined;
}

/** Lists events, oldest first of each status. */
export async function listEvents(options: EventsOptions): Promise<number> {
  const target = await findTarget(options.stack);
  const limit = options.limit ?? 50;
  const events: ListedEvent[] = [];
  for await (const page of findEvents(target, readFilters(options))) {
    events.push(...page.slice(0, limit - events.length));
    if (events.length >= limit) break;
  }
  if (options.json) return print(JSON.stringify(events, undefined, 2));
  for (const { status, receivedAt, transactionId, eventType, kind, attempts, error } of events)
    printLine(
      `${status.padEnd(10)} ${receivedAt}  ${transactionId}  ${eventType}${kind ? ` (${kind})` : ""}, ${attempts} attempts${error ? `  ${error}` : ""}`,
    );
  return print(`${events.length} events${events.length === limit ? `, the first ${limit}: --limit shows more` : ""}`);
}

type Table = Pick<Target, "dynamodb" | "tableName">;

/** Finds the events that fit, page by page, those of a status oldest first. */
export async function* findEvents({ dynamodb: client, tableName }: Table, filters: Filters): AsyncGenerator<ListedEvent[]> {
  for (const status of filters.statuses) {
    const query = { TableName: tableName, IndexName: byStatusIndex, ...queryOf(status, filters) };
    for await (const { Items = [] } of paginateQuery({ client }, query)) if (Items.length > 0) yield Items.map(listed);
  }
}

/** Finds the transaction ids of all events that fit. */
export async function findIds(target: Table, filters: Filters): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of findEvents(target, filters)) ids.push(...page.map(({ transactionId }) => transactionId));
  return ids;
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

function listed(item: Record<string, AttributeValue>): ListedEvent {
  const text = (attribute: string) => item[attribute]?.S;
  return {
    transactionId: text(Attribute.transactionId)!,
    status: text(Attribute.status)!,
    receivedAt: text(Attribute.receivedAt)!,
    eventType: text(Attribute.eventType) ?? "",
    kind: text(Attribute.kind),
    attempts: Number(item[Attribute.attempts]?.N ?? 0),
    error: text(Attribute.error),
  };
}
