import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { Attribute, Status } from "../../domain/event";
import { logGroupName } from "../../domain/names";
import { post, postAsIs } from "../../local/post";
import { sign } from "../../local/signing";
import { readEvent } from "../../cli/events/show";
import type { Target } from "../../cli/lib/target";
import { payloadInItem } from "../../domain/payload";
import { eventually } from "../helpers/eventually";
import { itemWithStatus, readItem, sharedPipeline, without, type PipelineUnderTest } from "../helpers/pipeline";

describe("A large body", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  const bodyOf = (id: string, bytes: number) => {
    const event = { id, type: "payment_intent.succeeded", data: { object: { id: "pi_1", amount: 4200, currency: "eur", note: "" } } };
    const frame = Buffer.byteLength(JSON.stringify(event));
    event.data.object.note = "é".repeat(Math.floor((bytes - frame) / 2)) + "x".repeat((bytes - frame) % 2);
    return Buffer.from(JSON.stringify(event));
  };
  const objects = async (source: string) => {
    const listed = new ListObjectsV2Command({ Bucket: pipeline.outputs.payloadBucketName, Prefix: `${source}/` });
    return ((await pipeline.clients.s3.send(listed)).Contents ?? []).map(({ Key }) => Key!);
  };

  for (const bytes of [300_000, 300_001, 1_000_000, 5_900_000])
    it(`of ${bytes} bytes is stored byte for byte and PROCESSED`, async () => {
      const body = bodyOf(`evt_large_${bytes}`, bytes);
      assert.equal(body.length, bytes);
      const answer = await post(pipeline, "stripe", body);
      assert.equal(answer.status, 202, answer.text);
      const item = await itemWithStatus(pipeline, answer.transactionId!, Status.processed);
      assert.equal(item[Attribute.kind].S, "payment.succeeded");
      const key = item[Attribute.payloadKey]?.S;
      assert.equal(key !== undefined, bytes > 300_000);
      const { Body } = key
        ? await pipeline.clients.s3.send(new GetObjectCommand({ Bucket: pipeline.outputs.payloadBucketName, Key: key }))
        : { Body: undefined };
      assert.ok(body.equals(Body ? await Body.transformToByteArray() : payloadInItem(item)!));
    });

  it("is stored once, however often it is sent, and shown like any other", async () => {
    const body = bodyOf("evt_large_twice", 400_000);
    const before = await objects("stripe");
    const answers = await Promise.all([1, 2, 3].map(() => post(pipeline, "stripe", body)));
    assert.deepEqual(
      [...new Set(answers.map(({ status, transactionId }) => `${status} ${transactionId}`))],
      ["202 stripe#evt_large_twice"],
    );
    const added = (await objects("stripe")).filter((key) => !before.includes(key));
    const digest = (part: string | Buffer) => createHash("sha256").update(part).digest("hex");
    assert.deepEqual(added, [`stripe/${digest("stripe#evt_large_twice")}/${digest(body)}`]);
    const target = { ...pipeline.clients, ...pipeline.outputs } as unknown as Target;
    assert.deepEqual((await readEvent(target, "stripe#evt_large_twice", true))!.body, body);
  });

  it("that is forged is not stored", async () => {
    const body = bodyOf("evt_large_forged", 400_000);
    const before = await objects("stripe");
    const { status } = await postAsIs(pipeline, "stripe", body, sign("stripe", Buffer.from("another"), pipeline.signing));
    assert.equal(status, 401);
    assert.deepEqual(await objects("stripe"), before);
    assert.equal(await readItem(pipeline, "stripe#evt_large_forged"), undefined);
  });

  it("that cannot be stored is not acknowledged, and accepted when it is sent again", async () => {
    const body = bodyOf("evt_large_refused", 400_000);
    await without("s3:PutObject", "receive", pipeline, async () => {
      assert.equal((await post(pipeline, "stripe", body)).status, 503);
      assert.equal(await readItem(pipeline, "stripe#evt_large_refused"), undefined);
    });
    const { transactionId } = await post(pipeline, "stripe", body);
    await itemWithStatus(pipeline, transactionId!, Status.processed);
  });

  it("that cannot be read for a while is processed later, and does not become FAILED", async () => {
    const since = Date.now();
    const { logs } = pipeline.clients;
    const logGroup = logGroupName.lambda(pipeline.outputs.processFunctionName);
    let transactionId: string | undefined;
    await without("s3:GetObject", "process", pipeline, async () => {
      ({ transactionId } = await post(pipeline, "stripe", bodyOf("evt_large_unreadable", 400_000)));
      const refused = { logGroupName: logGroup, startTime: since, filterPattern: '"StoreUnavailable"' };
      await eventually("a try", async () => (await logs.send(new FilterLogEventsCommand(refused))).events?.[0]);
      assert.equal((await readItem(pipeline, transactionId!))![Attribute.status].S, Status.received);
    });
    const item = await itemWithStatus(pipeline, transactionId!, Status.processed);
    assert.equal(item[Attribute.attempts].N, "1");
  });

  it("that is larger than Lambda accepts is answered with 413", async () => {
    for (const bytes of [6_291_457, 11_000_000])
      assert.equal((await post(pipeline, "stripe", bodyOf("evt_too_large", bytes))).status, 413, String(bytes));
  });
});
