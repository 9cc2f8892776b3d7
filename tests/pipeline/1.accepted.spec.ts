import * as assert from "node:assert/strict";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import Ajv from "ajv";
import { Attribute, Status } from "../../domain/event";
import schema from "../../docs/event.schema.json";
import { post } from "../../local/post";
import { freshSample } from "../../local/samples";
import { localSources, type LocalSource } from "../../local/sources";
import { seal } from "../../local/signing";
import { payloadInItem } from "../../domain/payload";
import { eventually } from "../helpers/eventually";
import { countItems, itemWithStatus, readItem, send, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";
import { subscribe } from "../../testbed/chaos/outside";
import { quick } from "../helpers/scope";

describe("The pipeline accepts", () => {
  let pipeline: PipelineUnderTest;
  let subscriber: string;
  before(async () => {
    pipeline = await sharedPipeline();
    subscriber = await subscribe(pipeline.clients, pipeline.outputs.eventBusName, "subscriber");
  });

  const payments: readonly LocalSource[] = ["stripe", "square", "paypal", "shopify"];
  const kindOf = (source: LocalSource) =>
    source === "adyen" ? "payment.authorized" : payments.includes(source) ? "payment.succeeded" : "other";
  for (const source of localSources) {
    it(`a signed ${source} event, until it is PROCESSED`, async () => {
      const body = seal(source, freshSample(source), pipeline.signing);
      const { status, transactionId } = await post(pipeline, source, body);
      assert.equal(status, ["slack", "twilio", "adyen"].includes(source) ? 200 : 202);
      const item = await itemWithStatus(pipeline, transactionId!, Status.processed);
      assert.deepEqual(Buffer.from(payloadInItem(item)!), body, "the stored payload is the raw body");
      assert.equal(item[Attribute.kind].S, kindOf(source));
      assert.equal(item[Attribute.attempts].N, "1");
      assert.equal(item[Attribute.leaseUntil], undefined, "the lease is given back");
    });
  }

  it("an event of an unknown type, as other", async () => {
    const { status, body } = await send(pipeline, "stripe", { type: "brand.new", data: { object: null } });
    assert.equal(status, 202);
    const item = await itemWithStatus(pipeline, body.transactionId!, Status.processed);
    assert.equal(item[Attribute.kind].S, "other");
    assert.equal(item[Attribute.eventType].S, "brand.new");
  });

  it("bytes as signed, whatever their spacing, order and letters", async () => {
    const raw = Buffer.from(`{ "zeta":1,\n\t"type" : "x.y",  "name":"Zoë € 𝄞 \\u00e9", "id":"evt_${Date.now()}" }  `);
    const { status, body } = await post(pipeline, "stripe", raw);
    assert.equal(status, 202);
    assert.deepEqual(Buffer.from(payloadInItem((await readItem(pipeline, body.transactionId!))!)!), raw);
  });

  it("many concurrent deliveries of one event as one event with one effect", async () => {
    const body = freshSample("square");
    const before = await countItems(pipeline);
    // A receiver that is short of time asks its source to send again, and a source does.
    const delivered = async (): ReturnType<typeof post> => {
      const answer = await post(pipeline, "square", body);
      return answer.status === 503 ? delivered() : answer;
    };
    const answers = await Promise.all(Array.from({ length: quick ? 12 : 50 }, delivered));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    const ids = new Set(answers.map(({ body }) => body.transactionId));
    assert.equal(ids.size, 1);
    assert.equal(await countItems(pipeline), before + 1);
    const [id] = ids;
    const item = await itemWithStatus(pipeline, id!, Status.processed);
    assert.equal(item[Attribute.attempts].N, "1");
    const published = await publishedUntil(id!);
    assert.equal(published.filter((event) => event.detail.transactionId === id).length, 1);
  });

  it("an event that is twice in a batch as one event with one effect", async () => {
    const { body } = await send(pipeline, "stripe");
    const record = { dynamodb: { Keys: { [Attribute.transactionId]: { S: body.transactionId } } } };
    const input = JSON.stringify([record, record]);
    await pipeline.clients.sfn.send(new StartExecutionCommand({ stateMachineArn: pipeline.outputs.stateMachineArn, input }));
    const item = await itemWithStatus(pipeline, body.transactionId!, Status.processed);
    assert.equal(item[Attribute.attempts].N, "1");
  });

  it("a delivery of a processed event as the same event", async () => {
    const body = freshSample("paypal");
    const first = await post(pipeline, "paypal", body);
    await itemWithStatus(pipeline, first.body.transactionId!, Status.processed);
    const again = await post(pipeline, "paypal", body);
    assert.equal(again.status, 202);
    assert.deepEqual(again.body, first.body);
    assert.equal((await readItem(pipeline, first.body.transactionId!))![Attribute.status].S, Status.processed);
  });

  it("an event, and publishes it under its kind with IDs and classification only", async () => {
    const { body } = await send(pipeline, "stripe");
    const event = (await publishedUntil(body.transactionId!)).find(({ detail }) => detail.transactionId === body.transactionId)!;
    assert.equal(event["detail-type"], "payment.succeeded");
    assert.deepEqual(Object.keys(event.detail).sort(), [
      "eventType",
      "kind",
      "occurredAt",
      "receivedAt",
      "source",
      "test",
      "transactionId",
    ]);
    const validate = new Ajv().compile(schema);
    assert.ok(validate(event.detail), JSON.stringify(validate.errors));
  });

  it("a Connect event of another account in test mode, and passes both to item and bus", async () => {
    const { body } = await send(pipeline, "stripe", { livemode: false, account: "acct_1Connected" });
    const { detail } = (await publishedUntil(body.transactionId!)).find((one) => one.detail.transactionId === body.transactionId)!;
    assert.deepEqual([detail.test, detail.account], [true, "acct_1Connected"]);
    const { test, account } = (await itemWithStatus(pipeline, body.transactionId!, Status.processed))[Attribute.normalized].M!;
    assert.deepEqual([test, account], [{ BOOL: true }, { S: "acct_1Connected" }]);
  });

  interface Published {
    "detail-type": string;
    detail: { transactionId: string; test: boolean; account?: string };
  }
  const seen: Published[] = [];

  /** Returns all events that a subscriber of the bus has received, after this one has arrived. */
  function publishedUntil(transactionId: string): Promise<Published[]> {
    return eventually(`${transactionId} on the event bus`, async () => {
      const { Messages = [] } = await pipeline.clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: subscriber, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 600 }),
      );
      seen.push(...Messages.map(({ Body }) => JSON.parse(Body!) as Published));
      return seen.some(({ detail }) => detail.transactionId === transactionId) && Messages.length === 0 ? seen : undefined;
    });
  }
});
