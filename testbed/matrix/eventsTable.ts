import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { indexes } from "../../domain/event";
import { holds, updated, type Value } from "./expressions";
import { ServiceError } from "./services";

export type Item = Record<string, AttributeValue>;

/** Index of a table: an item is in it while it has both of its keys. */
interface Index {
  name: string;
  hashKey: string;
  rangeKey: string;
  attributes: readonly string[];
}

/** Parameters of DynamoDB's calls that this program uses. */
export interface TableCall {
  Key: Item;
  Item: Item;
  ConditionExpression?: string;
  UpdateExpression: string;
  KeyConditionExpression: string;
  FilterExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Item;
  ExclusiveStartKey?: Item;
  IndexName?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
}

/** Parameters of BatchGetItem. */
export interface BatchCall {
  RequestItems: Record<string, { Keys: Item[]; ProjectionExpression: string; ExpressionAttributeNames: Record<string, string> }>;
}

/** A change of an item. */
export interface Change {
  id: string;
  before: Item | undefined;
  after: Item;
}

interface Page {
  Items: Item[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Item;
}

/** The most keys of a BatchGetItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const mostAtOnce = 100;
/** Items on a page of a query: few, so that callers must ask for the next page. */
const pageSize = 3;

/** A table: one key, indexes and a stream. Its indexes never lag; tests/model/ covers a lagging index. */
export class Table {
  readonly items = new Map<string, Item>();

  constructor(
    private readonly keyName: string,
    private readonly onChange: (change: Change) => void,
    private readonly indexesOf: readonly Index[] = Object.values(indexes),
  ) {}

  put({ Item, ...call }: TableCall): object {
    return this.write(Item[this.keyName].S!, call, () => Item);
  }

  update({ Key, ...call }: TableCall): object {
    const id = Key[this.keyName].S!;
    return this.write(id, call, (before) => ({ ...Key, ...after(call, before ?? {}) }));
  }

  get({ Key }: TableCall): { Item?: Item } {
    return { Item: this.items.get(Key[this.keyName].S!) };
  }

  /** Reads items by their keys. Those that do not exist are left out. @throws ServiceError ValidationException for too many keys */
  batchGet({ RequestItems }: BatchCall): object {
    const found = Object.entries(RequestItems).map(([name, { Keys, ProjectionExpression, ExpressionAttributeNames }]) => {
      if (Keys.length > mostAtOnce) throw new ServiceError("ValidationException", "Too many items requested for the BatchGetItem call");
      const names = ProjectionExpression.split(", ").map((placeholder) => ExpressionAttributeNames[placeholder]);
      const items = Keys.map((key) => this.items.get(key[this.keyName].S!)).filter((item) => item !== undefined);
      return [name, items.map((item) => only(item, names))] as const;
    });
    return { Responses: Object.fromEntries(found) };
  }

  /** Reads a page of an index. */
  query({ IndexName, KeyConditionExpression, FilterExpression, ...call }: TableCall): Page {
    const { ExclusiveStartKey: start, ScanIndexForward: forward = true, Limit = pageSize } = call;
    const index = this.indexesOf.find(({ name }) => name === IndexName)!;
    const fits = (expression: string, item: Item) => holds(expression, plainOf(item, call), plainValues(call));
    const order = (one: Item, other: Item) => (forward ? 1 : -1) * this.compare(index, one, other);
    const all = this.entriesOf(index).filter((item) => fits(KeyConditionExpression, item));
    const rest = all.sort(order).filter((item) => start === undefined || order(item, start) > 0);
    const page = rest.slice(0, Limit);
    const Items = page.filter((item) => FilterExpression === undefined || fits(FilterExpression, item));
    const LastEvaluatedKey = rest.length > Limit ? only(page.at(-1)!, this.keysOf(index)) : undefined;
    return { Items, Count: Items.length, ScannedCount: page.length, ...(LastEvaluatedKey && { LastEvaluatedKey }) };
  }

  /** Lists the entries of an index: items that have both of its keys, with the attributes that it has. */
  entriesOf(index: Index): Item[] {
    const isIn = (item: Item) => item[index.hashKey] !== undefined && item[index.rangeKey] !== undefined;
    return [...this.items.values()].filter(isIn).map((item) => only(item, [...this.keysOf(index), ...index.attributes]));
  }

  private readonly keysOf = ({ hashKey, rangeKey }: Index) => [this.keyName, hashKey, rangeKey];

  /** Orders entries of one shard by their sort key. */
  private compare({ rangeKey }: Index, one: Item, other: Item): number {
    const [a, b] = [one, other].map((item) => [plain(item[rangeKey]), item[this.keyName].S!] as const);
    const [sort, tie] = a[0] === b[0] ? [a[1], b[1]] : [a[0], b[0]];
    return sort < tie ? -1 : sort > tie ? 1 : 0;
  }

  private write(id: string, call: Omit<TableCall, "Item" | "Key">, make: (before: Item | undefined) => Item): object {
    const before = this.items.get(id);
    const { ConditionExpression: condition } = call;
    if (condition !== undefined && !holds(condition, before && plainOf(before, call), plainValues(call)))
      throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
    const change = { id, before, after: make(before) };
    this.items.set(id, change.after);
    this.onChange(change);
    return { Attributes: change.after };
  }
}

/** Returns some attributes of an item, those that it has. */
const only = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));

type Expressions = Pick<TableCall, "ExpressionAttributeNames" | "ExpressionAttributeValues">;

/** Returns an item as expressions see it: by the placeholders of its attributes. */
function plainOf(item: Item, { ExpressionAttributeNames }: Expressions): Record<string, Value> {
  const known = Object.entries(ExpressionAttributeNames).filter(([, name]) => item[name] !== undefined);
  return Object.fromEntries(known.map(([placeholder, name]) => [placeholder.slice(1), plain(item[name])]));
}

function plainValues({ ExpressionAttributeValues = {} }: Expressions): Record<string, Value> {
  return Object.fromEntries(Object.entries(ExpressionAttributeValues).map(([placeholder, value]) => [placeholder.slice(1), plain(value)]));
}

function after(call: Omit<TableCall, "Item" | "Key">, before: Item): Item {
  const changed = updated(call.UpdateExpression, plainOf(before, call), plainValues(call));
  const others = Object.entries(before).filter(([name]) => !Object.values(call.ExpressionAttributeNames).includes(name));
  const named = Object.entries(changed).map(([name, value]) => [call.ExpressionAttributeNames[`#${name}`], attributeOf(value)] as const);
  return { ...Object.fromEntries(others), ...Object.fromEntries(named) };
}

const plain = (value: AttributeValue): Value => value.S ?? (value.N === undefined ? (value as object) : Number(value.N));
const attributeOf = (value: Value): AttributeValue =>
  typeof value === "object" ? (value as AttributeValue) : typeof value === "number" ? { N: String(value) } : { S: value };
