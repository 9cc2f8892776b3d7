import * as assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Attribute, Status } from "../../domain/event";
import { redriveOne } from "../../cli/events/redrive";
import { eventually } from "../helpers/eventually";
import { itemWithStatus, readItem, send, sharedPipeline, whileEventsFail, type PipelineUnderTest } from "../helpers/pipeline";

describe("An event that cannot be processed", () => {
  let pipeline: PipelineUnderTest;
  let transactionId: string;
  before(async () => (pipeline = await sharedPipeline()));
  const table = () => ({ dynamodb: pipeline.clients.dynamodb, tableName: pipeline.outputs.tableName });

  it("is retried, then FAILED with its error", async () => {
    await whileEventsFail(pipeline, async () => {
      const { status, body } = await send(pipeline, "stripe");
      assert.equal(status, 202, "it is acknowledged all the same: it is stored");
      transactionId = body.transactionId!;
      const item = await itemWithStatus(pipeline, transactionId, Status.failed);
      assert.match(item[Attribute.error].S!, /TooManyRequests/);
    });
  });

  it("has its ID, but no payload, in the dead-letter queue", async () => {
    const { sqs } = pipeline.clients;
    const QueueUrl = pipeline.outputs.deadLetterQueueUrl;
    const deadLetter = await eventually("the dead letter", async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }));
      // An event of another suite may have failed, too.
      const letters = Messages.map(({ Body }) => JSON.parse(Body!) as Record<string, string>);
      return letters.find((letter) => letter.transactionId === transactionId);
    });
    assert.deepEqual(Object.keys(deadLetter).sort(), ["error", "execution", "transactionId"]);
  });

  it("becomes RECEIVED when it is redriven, and PROCESSED once the cause is fixed", async () => {
    assert.equal(await redriveOne(table(), transactionId), true);
    const item = await itemWithStatus(pipeline, transactionId, Status.processed);
    assert.equal(item[Attribute.error], undefined);
    assert.equal(item[Attribute.attempts].N, "1", "it has all its attempts before it again");
  });

  it("is not changed by a redrive once it is PROCESSED", async () => {
    assert.equal(await redriveOne(table(), transactionId), false);
    assert.equal((await readItem(pipeline, transactionId))![Attribute.status].S, Status.processed);
  });

  it("is not created by a redrive of an unknown ID", async () => {
    assert.equal(await redriveOne(table(), "square#nothing"), false);
    assert.equal(await readItem(pipeline, "square#nothing"), undefined);
  });
});
