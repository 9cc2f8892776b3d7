import * as assert from "node:assert/strict";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { transitions } from "../../domain/lifecycle";
import { leaseSeconds } from "../../domain/processing";
import { handler } from "../../handlers/process";
import { capturingOutput, lambdaContext } from "../../testbed/handlers";
import { assertFails, item, request, succeeded } from "../helpers/storedEvent";

const dynamodb = mockClient(DynamoDBClient);

describe("The processor, when it claims an event,", () => {
  beforeEach(() => {
    dynamodb.reset();
    dynamodb.on(GetItemCommand).resolves({ Item: item() });
    dynamodb.on(UpdateItemCommand).resolves({});
  });
  after(() => dynamodb.restore());

  const run = async (Item = item()) => {
    dynamodb.on(GetItemCommand).resolves({ Item });
    const { result } = await capturingOutput(() => handler(request, lambdaContext));
    assert.ok(result.outcome === "OWNED");
    return result.event;
  };
  const written = () => dynamodb.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input);
  const updates = () => written().map(({ UpdateExpression }) => UpdateExpression);

  it("does so in the write of its result", async () => {
    await run();
    const { ConditionExpression, UpdateExpression, ExpressionAttributeValues } = written()[0];
    assert.equal(ConditionExpression, transitions.process.condition);
    assert.equal(UpdateExpression, transitions.process.update);
    assert.deepEqual(ExpressionAttributeValues![":me"], { S: "execution-1#0" });
    assert.equal(
      Number(ExpressionAttributeValues![":leaseUntil"].N) - Number(ExpressionAttributeValues![":nowMs"].N),
      leaseSeconds * 1_000,
    );
    assert.equal(dynamodb.commandCalls(UpdateItemCommand).length, 1);
  });

  const claimed = (seconds: number, by = "execution-2#0") => ({
    status: { S: "PROCESSING" },
    claimed_by: { S: by },
    lease_until: { N: String(Date.now() + seconds * 1_000) },
  });
  const ends = async (Item?: Record<string, AttributeValue>) => {
    dynamodb.on(GetItemCommand).resolves({ Item });
    const { result, lines } = await capturingOutput(() => handler(request, lambdaContext));
    assert.deepEqual(result, { outcome: "NOTHING_TO_DO" });
    assert.ok(lines.every((line) => !("EventsNormalized" in line)));
    return dynamodb.commandCalls(UpdateItemCommand).length;
  };

  for (const [what, Item] of [
    ["does not exist", () => undefined],
    ["is PROCESSED", () => item(succeeded, { status: { S: "PROCESSED" } })],
    ["is FAILED", () => item(succeeded, { status: { S: "FAILED" } })],
    ["belongs to another branch", () => item(succeeded, claimed(10))],
  ] as const)
    it(`has nothing to do with an event that ${what}, and writes nothing`, async () => assert.equal(await ends(Item()), 0));

  it("has nothing to do if another branch claims the event at the same time", async () => {
    dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));
    assert.equal(await ends(item()), 1);
  });

  for (const [what, Item] of [
    ["whose lease has expired", () => item(succeeded, claimed(-1))],
    ["that belongs to it already, because an answer was lost", () => item(succeeded, claimed(10, request.claim))],
  ] as const)
    it(`processes an event ${what}`, async () => assert.equal((await run(Item())).kind, "payment.succeeded"));

  it("claims an event that was requeued before it normalizes it, so that an attempt that dies counts", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item("{", { requeues: { N: "1" } }) });
    await assertFails("Unprocessable", /not a JSON object/);
    assert.deepEqual(updates(), [transitions.claim.update]);
  });

  it("counts one attempt of a requeued event: the write of its result does not claim it again", async () => {
    await run(item(succeeded, { requeues: { N: "1" } }));
    assert.deepEqual(updates(), [transitions.claim.update, transitions.normalize.update]);
  });

  it("counts no attempt of an event that it owns, because an earlier try claimed it", async () => {
    await run(item(succeeded, claimed(10, request.claim)));
    assert.deepEqual(updates(), [transitions.normalize.update]);
  });

  it("has nothing to do with a requeued event that another branch claims at the same time", async () => {
    dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));
    assert.equal(await ends(item(succeeded, { requeues: { N: "1" } })), 1);
  });

  const refusal = Object.assign(new Error("User is not authorized"), { name: "AccessDeniedException", $metadata: {} });
  for (const [what, prepare] of [
    ["read", () => dynamodb.on(GetItemCommand).rejects(refusal)],
    ["written", () => dynamodb.on(UpdateItemCommand).rejects(refusal)],
    [
      "claimed",
      () => {
        dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, { requeues: { N: "1" } }) });
        dynamodb.on(UpdateItemCommand).rejects(refusal);
      },
    ],
  ] as const)
    it(`says that the store is unavailable, with AWS's own message, if an item cannot be ${what}`, async () => {
      prepare();
      assert.match(await assertFails("StoreUnavailable", /^AccessDeniedException: User is not authorized$/), /Not processed/);
    });

  const damaged = { payload: { B: Buffer.from("canary4711") }, payload_encoding: { S: "br" } };

  it("takes a damaged payload for no outage of the store", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, damaged) });
    await assertFails("Transient", /^Error$/);
  });

  it("claims a requeued event before it reads the body in the item", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, { ...damaged, requeues: { N: "1" } }) });
    await assertFails("Transient", /^Error$/);
    assert.deepEqual(updates(), [transitions.claim.update]);
  });

  it("claims nothing while the payload bucket is unavailable, because an outage is no attempt of the event", async () => {
    const s3 = mockClient(S3Client);
    s3.on(GetObjectCommand).rejects(refusal);
    dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, { requeues: { N: "1" }, payload_key: { S: "stripe/1/2" } }) });
    await assertFails("StoreUnavailable", /^AccessDeniedException/);
    s3.restore();
    assert.deepEqual(updates(), []);
  });
});
