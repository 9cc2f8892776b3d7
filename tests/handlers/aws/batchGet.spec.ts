import * as assert from "node:assert/strict";
import type { BatchGetItemCommand, BatchGetItemCommandOutput } from "@aws-sdk/client-dynamodb";
import type { Context } from "aws-lambda";
import { readBatch } from "../../../handlers/aws/batchGet";
import { withDeadline } from "../../../handlers/aws/deadline";

type Request = NonNullable<BatchGetItemCommand["input"]["RequestItems"]>[string];
const keysOf = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => ({ id: { S: String(from + index) } }));

/** Stands in for a client: answers each call, and notes what it asked for. */
function client(answer: (request: Request, call: number) => { found: Request["Keys"]; left?: Request["Keys"] }) {
  const requests: Request[] = [];
  const send = (({ input }: BatchGetItemCommand): Promise<Partial<BatchGetItemCommandOutput>> => {
    const request = input.RequestItems!.events;
    requests.push(request);
    const { found, left } = answer(request, requests.length);
    return Promise.resolve({ Responses: { events: found! }, ...(left && { UnprocessedKeys: { events: { Keys: left } } }) });
  }) as unknown as Parameters<typeof readBatch>[0]["send"];
  return { send, requests };
}

describe("Items read by their keys", () => {
  const batch = { tableName: "events", keys: keysOf(0, 250), attributes: ["id", "status"] };

  it("come a hundred a call, with the chosen attributes only", async () => {
    const { requests, ...dynamodb } = client(({ Keys }) => ({ found: Keys }));
    assert.deepEqual(await readBatch(dynamodb, batch), batch.keys);
    assert.deepEqual(
      requests.map(({ Keys }) => Keys!.length),
      [100, 100, 50],
    );
    const { ProjectionExpression, ExpressionAttributeNames, ConsistentRead } = requests[0];
    assert.deepEqual(
      { ProjectionExpression, ExpressionAttributeNames, ConsistentRead },
      { ProjectionExpression: "#0, #1", ExpressionAttributeNames: { "#0": "id", "#1": "status" }, ConsistentRead: false },
    );
  });

  it("include each that an answer left out, once", async () => {
    const cut = client(({ Keys }, call) => ({ found: Keys!.slice(0, 60), left: call < 5 ? Keys!.slice(60) : undefined }));
    const items = await readBatch(cut, batch);
    assert.deepEqual(
      items.map(({ id }) => Number(id.S)).sort((one, other) => one - other),
      [...Array(250).keys()],
    );
  });

  it("wait longer after each answer without any", async () => {
    const began = performance.now();
    const throttled = client(({ Keys }, call) => (call < 4 ? { found: [], left: Keys } : { found: Keys }));
    assert.equal((await readBatch(throttled, { ...batch, keys: keysOf(0, 3) })).length, 3);
    assert.ok(performance.now() - began > 95 + 195 + 395);
  });

  it("wait for what is left out until the deadline of the invocation, and not longer", async () => {
    const throttled = client(({ Keys }, call) => ({ found: [], left: call < 6 ? Keys : undefined }));
    const context = { getRemainingTimeInMillis: () => 1_400 } as Context;
    const began = performance.now();
    await assert.rejects(
      withDeadline(context, () => readBatch(throttled, batch)),
      { name: "AbortError" },
    );
    assert.ok(throttled.requests.length <= 3, `400 ms have room for pauses of 100 and 200 ms, not for ${throttled.requests.length} calls`);
    assert.ok(performance.now() - began >= 395);
  });

  it("are read again soon after an answer that had the rest of them, even if they do not exist any more", async () => {
    const { requests, ...dynamodb } = client(({ Keys }, call) => ({ found: [], left: call <= 6 ? Keys!.slice(1) : undefined }));
    const began = performance.now();
    await readBatch(dynamodb, { ...batch, keys: keysOf(0, 10) });
    assert.equal(requests.length, 7);
    assert.ok(performance.now() - began < 4_000, "six pauses of 50 ms, where growing ones take 5.1 s");
  });

  it("are read consistently, if asked", async () => {
    const { requests, ...dynamodb } = client(({ Keys }) => ({ found: Keys }));
    await readBatch(dynamodb, { ...batch, consistent: true });
    assert.ok(requests.every(({ ConsistentRead }) => ConsistentRead === true));
  });

  it("need no call if there is no key", async () => {
    const { requests, ...dynamodb } = client(() => ({ found: [] }));
    assert.deepEqual(await readBatch(dynamodb, { ...batch, keys: [] }), []);
    assert.equal(requests.length, 0);
  });
});
