import * as assert from "node:assert/strict";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import * as fc from "fast-check";
import { Attribute, Status } from "../../domain/event";
import { maximumAttempts, maximumRequeues } from "../../domain/processing";
import { entryOf } from "../../domain/history";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import { Table, type TableCall } from "../../testbed/matrix/eventsTable";
import { ServiceError } from "../../testbed/matrix/services";
import { sharedPipeline, type Item, type PipelineUnderTest } from "../helpers/pipeline";

const moments = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:15:00.000Z", "2026-01-01T01:00:00.000Z"] as const;
const text = (values: readonly string[]) =>
  fc.option(
    fc.constantFrom(...values).map((S): AttributeValue => ({ S })),
    { nil: undefined },
  );
const number = (values: readonly number[]) =>
  fc.option(
    fc.constantFrom(...values).map((value): AttributeValue => ({ N: String(value) })),
    { nil: undefined },
  );

const histories = fc.option(
  fc.constantFrom<AttributeValue>(
    { L: [] },
    entryOf<AttributeValue>("requeued", { S: moments[0] }),
    entryOf<AttributeValue>("redriven", { S: moments[1] }),
  ),
  { nil: undefined },
);

/** Items around each bound of a condition. */
const items = fc.record({
  [Attribute.status]: fc.constantFrom(...Object.values(Status)).map((S): AttributeValue => ({ S })),
  [Attribute.receivedAt]: fc.constantFrom(...moments).map((S): AttributeValue => ({ S })),
  [Attribute.claimedBy]: text(["me", "another"]),
  [Attribute.leaseUntil]: number([99, 100, 101]),
  [Attribute.attempts]: number([0, maximumAttempts - 1, maximumAttempts, maximumAttempts + 1]),
  [Attribute.requeues]: number([0, maximumRequeues - 1, maximumRequeues]),
  [Attribute.requeuedAt]: text(moments),
  [Attribute.error]: text(["failed"]),
  [Attribute.history]: histories,
  [Attribute.previousHistory]: histories,
  [Attribute.shard]: fc.constant<AttributeValue>({ N: "3" }),
  [Attribute.dueAt]: number([50, 100, 150]),
  [Attribute.settledShard]: number([3]),
  [Attribute.failedShard]: number([3]),
  [Attribute.payload]: fc.constant({ B: Buffer.from("payload") }),
});

const given: Record<string, AttributeValue> = {
  me: { S: "me" },
  now: { S: moments[2] },
  nowMs: { N: "100" },
  leaseUntil: { N: "500" },
  dueAt: { N: "500" },
  staleBefore: { S: moments[1] },
  normalized: { M: { kind: { S: "other" } } },
  kind: { S: "other" },
  error: { S: "failed" },
  entry: entryOf<AttributeValue>("failed", { S: moments[2] }, { S: "failed" }),
};

/** Compares the model's and the fault matrix's table with a table of the local AWS. */
describe("The simulated table", () => {
  const TableName = "expressions";
  let pipeline: PipelineUnderTest;
  const dynamodb = () => pipeline.clients.dynamodb;
  before(async () => {
    pipeline = await sharedPipeline();
    await dynamodb().send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: Attribute.transactionId, AttributeType: "S" }],
        KeySchema: [{ AttributeName: Attribute.transactionId, KeyType: "HASH" }],
      }),
    );
  });
  after(async () => void (await dynamodb().send(new DeleteTableCommand({ TableName }))));

  const table = new Table(Attribute.transactionId, () => {});
  let made = 0;
  function newItem(attributes: Item): { Key: Item; Item: Item } {
    const Key = { [Attribute.transactionId]: { S: `item-${made++}` } };
    const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return { Key, Item: { ...Key, ...Object.fromEntries(present) } };
  }

  /** Item of both tables after a write, and whether its condition held. */
  async function bothAfter(name: keyof typeof transitions, attributes: Item | undefined) {
    const { Key, Item } = newItem(attributes ?? {});
    if (attributes) {
      await dynamodb().send(new PutItemCommand({ TableName, Item }));
      table.items.set(Key[Attribute.transactionId].S!, Item);
    }
    const write = conditionalWrite(transitions[name], given as never);
    const put = transitions[name].update === undefined;
    const call = { ...write, ...(put ? { Item } : { Key }) } as unknown as TableCall;
    const command = put
      ? new PutItemCommand({ TableName, ...write, Item } as never)
      : new UpdateItemCommand({ TableName, ...write, Key } as never);
    const real = await held(async () => dynamodb().send(command as PutItemCommand));
    const simulated = await held(async () => (put ? table.put(call) : table.update(call)));
    const { Item: stored } = await dynamodb().send(new GetItemCommand({ TableName, Key }));
    return { real: { held: real, item: plain(stored) }, simulated: { held: simulated, item: plain(table.get({ Key } as TableCall).Item) } };
  }

  async function held(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException || error instanceof ServiceError) return false;
      throw error;
    }
  }

  /** Compares bytes by value, whatever their class. */
  const plain = (item: Item | undefined) => JSON.parse(JSON.stringify(item ?? {}, bytesAsText)) as Item;
  function bytesAsText(this: unknown, _name: string, value: unknown): unknown {
    const { data } = (value ?? {}) as { data?: number[] };
    if (data) return Buffer.from(data).toString("base64");
    return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
  }

  for (const name of Object.keys(transitions) as (keyof typeof transitions)[])
    it(`decides and writes as DynamoDB does in ${name}`, async () => {
      const outcomes = new Set<boolean>();
      for (const attributes of [undefined, ...fc.sample(items, { numRuns: 60, seed: 1 })]) {
        if (attributes === undefined && name !== "put") continue;
        const { real, simulated } = await bothAfter(name, attributes as Item | undefined);
        assert.deepEqual(simulated, real, JSON.stringify(attributes));
        outcomes.add(real.held);
      }
      assert.equal(outcomes.size, 2, "both outcomes are met");
    });
});
