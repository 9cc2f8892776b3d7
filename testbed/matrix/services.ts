import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { holds, updated, type Value } from "./expressions";

type Item = Record<string, AttributeValue>;
type Names = Record<string, string>;

/** A refusal by a service. */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Parameters of DynamoDB's calls that this program uses. */
export interface TableCall {
  Key: Item;
  Item: Item;
  ConditionExpression: string;
  UpdateExpression: string;
  KeyConditionExpression: string;
  FilterExpression?: string;
  ExpressionAttributeNames: Names;
  ExpressionAttributeValues?: Item;
  ExclusiveStartKey?: Item;
  Limit?: number;
}

/** A change of an item. */
export interface Change {
  id: string;
  before: Item | undefined;
  after: Item;
}

interface Page {
  Items: Item[];
  LastEvaluatedKey?: Item;
}

/** Orders items as the index does. */
const bySortKey = (one: Item, other: Item) => (one[Attribute.receivedAt].S! < other[Attribute.receivedAt].S! ? -1 : 1);

/** The events table: one key, one index and a stream. Its index never lags; tests/model/ covers a lagging index. */
export class Table {
  readonly items = new Map<string, Item>();
  /** Items on a page of a query: few, so that callers must ask for the next page. */
  private readonly pageSize = 3;

  constructor(
    private readonly keyName: string,
    private readonly onChange: (change: Change) => void,
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

  query({ KeyConditionExpression, FilterExpression, ExclusiveStartKey, Limit = this.pageSize, ...call }: TableCall): Page {
    const fits = (expression: string, item: Item) => holds(expression, plainOf(item, call), plainValues(call));
    const all = [...this.items.values()].filter((item) => fits(KeyConditionExpression, item)).sort(bySortKey);
    const from = ExclusiveStartKey ? all.findIndex((item) => item[this.keyName].S === ExclusiveStartKey[this.keyName].S) + 1 : 0;
    const page = all.slice(from, from + Limit);
    const last = page.at(-1);
    return {
      Items: page.filter((item) => FilterExpression === undefined || fits(FilterExpression, item)),
      ...(last && from + Limit < all.length && { LastEvaluatedKey: { [this.keyName]: last[this.keyName] } }),
    };
  }

  private write(id: string, call: Omit<TableCall, "Item" | "Key">, make: (before: Item | undefined) => Item): object {
    const before = this.items.get(id);
    if (!holds(call.ConditionExpression, before && plainOf(before, call), plainValues(call)))
      throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
    const change = { id, before, after: make(before) };
    this.items.set(id, change.after);
    this.onChange(change);
    return {};
  }
}

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

/** The bucket of large payloads. */
export class Bucket {
  private readonly objects = new Map<string, Uint8Array>();

  put(key: string, body: Uint8Array): object {
    this.objects.set(key, body);
    return {};
  }

  /** Returns an object. @throws ServiceError AccessDenied for a missing object, because the caller may not list the bucket */
  get(key: string): { Body: Uint8Array } {
    const Body = this.objects.get(key);
    if (!Body) throw new ServiceError("AccessDenied", "Access Denied");
    return { Body };
  }

  has(key: string): boolean {
    return this.objects.has(key);
  }
}

export interface QueuedMessage {
  id: string;
  body: string;
  sentAt: number;
  hiddenUntil: number;
}

/** The dead-letter queue. */
export class Queue {
  readonly messages: QueuedMessage[] = [];
  private sent = 0;

  send(body: string): object {
    const id = `message-${this.sent++}`;
    this.messages.push({ id, body, sentAt: Date.now(), hiddenUntil: 0 });
    return { MessageId: id, MD5OfMessageBody: md5(body) };
  }

  receive(most: number, hiddenSeconds: number): object {
    const now = Date.now();
    const visible = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= now).slice(0, most);
    for (const message of visible) message.hiddenUntil = now + hiddenSeconds * 1_000;
    const Messages = visible.map(({ id, body, sentAt }) => ({
      MessageId: id,
      ReceiptHandle: id,
      Body: body,
      MD5OfBody: md5(body),
      Attributes: { SentTimestamp: String(sentAt) },
    }));
    return { Messages };
  }

  remove(handle: string): object {
    const index = this.messages.findIndex(({ id }) => id === handle);
    if (index >= 0) this.messages.splice(index, 1);
    return {};
  }
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
