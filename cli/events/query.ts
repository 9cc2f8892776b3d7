import { QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { Attribute, indexes } from "../../domain/event";
import type { Target } from "../lib/target";
import type { Item } from "./items";

/** Events table with its indexes. */
export type Table = Pick<Target, "dynamodb" | "tableName" | "indexShards">;
export type IndexName = keyof typeof indexes;

/** Entries of one shard of an index. */
export interface Selection {
  index: IndexName;
  shard: number;
  /** Lowest and highest value of the sort key, both included; without a bound if it is left out. */
  from?: string | number;
  to?: string | number;
  /** Values that attributes must have. DynamoDB reads the other entries too, and charges for them. */
  equal?: Partial<Record<"source" | "kind" | "status", string>>;
  /** Latest time at which an event became PROCESSED or FAILED, RFC 3339. */
  finishedBy?: string;
  newestFirst?: boolean;
}

/** Entries of a query, and how it continues. */
export interface Page {
  items: Item[];
  /** Entries that fit. */
  count: number;
  /** Entries that DynamoDB read. */
  read: number;
  /** Place after which the next page begins; `undefined` after the last one. */
  next?: Item;
}

export interface PageOptions {
  after?: Item;
  /** Most entries that it reads; as many as fit into a megabyte if it is left out. */
  size?: number;
  /** Counts entries without returning them. */
  countOnly?: boolean;
}

/** Reads one page of a shard of an index. */
export async function readPage({ dynamodb, tableName }: Table, selection: Selection, options: PageOptions = {}): Promise<Page> {
  const { after, size, countOnly } = options;
  if (isEmpty(selection)) return { items: [], count: 0, read: 0 };
  const query: QueryCommandInput = {
    TableName: tableName,
    ...queryOf(selection),
    ...(after && { ExclusiveStartKey: after }),
    ...(size !== undefined && { Limit: size }),
    ...(countOnly && { Select: "COUNT" }),
  };
  const { Items = [], Count = 0, ScannedCount = 0, LastEvaluatedKey } = await dynamodb.send(new QueryCommand(query));
  return { items: Items, count: Count, read: ScannedCount, next: LastEvaluatedKey };
}

/** Counts the entries of a shard that fit. @param onRead receives how many entries a page has read */
export async function countEntries(table: Table, selection: Selection, onRead?: (entries: number) => void): Promise<number> {
  let total = 0;
  let after: Item | undefined;
  do {
    const { count, read, next } = await readPage(table, selection, { after, countOnly: true });
    onRead?.(read);
    total += count;
    after = next;
  } while (after);
  return total;
}

/** Tells whether the bounds exclude each other, which DynamoDB would refuse. */
const isEmpty = ({ from, to }: Selection) => from !== undefined && to !== undefined && from > to;

function queryOf({ index, shard, from, to, equal = {}, finishedBy, newestFirst = false }: Selection) {
  const { name: IndexName, hashKey, rangeKey } = indexes[index];
  const names: Record<string, string> = { "#shard": hashKey };
  const values: Item = { ":shard": { N: String(shard) } };
  const valueOf = (value: string | number) => (typeof value === "number" ? { N: String(value) } : { S: value });
  const use = (name: string, attribute: string, value: string | number) => {
    names[`#${name}`] = attribute;
    values[`:${name}`] = valueOf(value);
  };
  const conditions = ["#shard = :shard"];
  if (from !== undefined || to !== undefined) names["#at"] = rangeKey;
  if (from !== undefined) values[":from"] = valueOf(from);
  if (to !== undefined) values[":to"] = valueOf(to);
  if (from !== undefined && to !== undefined) conditions.push("#at BETWEEN :from AND :to");
  else if (from !== undefined) conditions.push("#at >= :from");
  else if (to !== undefined) conditions.push("#at <= :to");
  const filters: string[] = [];
  for (const [name, value] of Object.entries(equal)) {
    if (value === undefined) continue;
    use(name, Attribute[name as keyof typeof equal], value);
    filters.push(`#${name} = :${name}`);
  }
  if (finishedBy !== undefined) {
    use("finishedBy", Attribute.finishedAt, finishedBy);
    filters.push("#finishedBy <= :finishedBy");
  }
  return {
    IndexName,
    KeyConditionExpression: conditions.join(" AND "),
    ...(filters.length > 0 && { FilterExpression: filters.join(" AND ") }),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ...(newestFirst && { ScanIndexForward: false }),
  };
}
