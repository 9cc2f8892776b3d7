import { QueryCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, byStatusIndex } from "../../domain/event";
import type { Filters } from "./filters";
import type { Target } from "../lib/target";

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

/** Events that fit, page by page, those of a status oldest first. */
export async function* findEvents(
  { dynamodb, tableName }: Pick<Target, "dynamodb" | "tableName">,
  filters: Filters,
): AsyncGenerator<ListedEvent[]> {
  for (const status of filters.statuses) {
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await dynamodb.send(
        new QueryCommand({ TableName: tableName, IndexName: byStatusIndex, ...queryOf(status, filters), ExclusiveStartKey }),
      );
      if (Items.length > 0) yield Items.map(listed);
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
}

/** Transaction ids of all events that fit. */
export async function findIds(target: Pick<Target, "dynamodb" | "tableName">, filters: Filters): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of findEvents(target, filters)) ids.push(...page.map(({ transactionId }) => transactionId));
  return ids;
}

function queryOf(status: string, { source, kind, since, until }: Filters) {
  const received =
    since && until
      ? " AND #receivedAt BETWEEN :since AND :until"
      : since
        ? " AND #receivedAt >= :since"
        : until
          ? " AND #receivedAt <= :until"
          : "";
  const given = { source, kind, since, until };
  const filters = (["source", "kind"] as const).filter((name) => given[name] !== undefined).map((name) => `#${name} = :${name}`);
  const values = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[`:${name}`, { S: value }] as const]));
  return {
    KeyConditionExpression: `#status = :status${received}`,
    ...(filters.length > 0 && { FilterExpression: filters.join(" AND ") }),
    ExpressionAttributeNames: {
      "#status": Attribute.status,
      ...(received && { "#receivedAt": Attribute.receivedAt }),
      ...(source !== undefined && { "#source": Attribute.source }),
      ...(kind !== undefined && { "#kind": Attribute.kind }),
    },
    ExpressionAttributeValues: { ":status": { S: status }, ...Object.fromEntries(values) },
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
