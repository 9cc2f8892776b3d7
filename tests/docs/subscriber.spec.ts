import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { SQSEvent } from "aws-lambda";
import Ajv from "ajv";
import { mockClient } from "aws-sdk-client-mock";
import { kinds } from "../../domain/event";
import { codedProviders } from "../../domain/sources";
import schema from "../../docs/event.schema.json";
import { handler } from "../../docs/subscriber";
import { longestAccount } from "../../handlers/events/texts";

const event = { "detail-type": "refund", detail: { transactionId: "stripe#evt_1" } };
const batch = (...bodies: object[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: `message-${index}`, body: JSON.stringify(body) })) }) as unknown as SQSEvent;

describe("The subscriber of docs/events.md", () => {
  const dynamodb = mockClient(DynamoDBClient);
  const rows = new Map<string, string>();
  beforeEach(() => {
    rows.clear();
    dynamodb.reset();
    dynamodb.on(PutItemCommand).callsFake(({ Item, ConditionExpression }) => {
      const id = Item.transaction_id.S as string;
      assert.equal(ConditionExpression, "attribute_not_exists(transaction_id)");
      if (rows.has(id)) throw new ConditionalCheckFailedException({ message: "there is one", $metadata: {} });
      rows.set(id, Item.kind.S);
    });
  });
  after(() => dynamodb.restore());

  it("has one effect of an event that comes twice in a batch, and again later", async () => {
    assert.deepEqual(await handler(batch(event, event)), { batchItemFailures: [] });
    assert.deepEqual(await handler(batch(event)), { batchItemFailures: [] });
    assert.deepEqual([...rows], [["stripe#evt_1", "refund"]]);
  });

  it("asks again for what failed, and for nothing else", async () => {
    dynamodb.on(PutItemCommand).rejectsOnce(new Error("throttled")).resolves({});
    assert.deepEqual(await handler(batch(event, { ...event, detail: { transactionId: "stripe#evt_2" } })), {
      batchItemFailures: [{ itemIdentifier: "message-0" }],
    });
  });
});

describe("The schema of what is published", () => {
  const validate = new Ajv().compile(schema);
  const detail = {
    transactionId: "stripe#evt_1",
    source: "stripe",
    eventType: "refund.created",
    kind: "refund",
    occurredAt: "2026-01-31T12:00:00.000Z",
    receivedAt: "2026-01-31T12:00:01.234Z",
    test: false,
  };

  it("takes an event", () => assert.ok(validate(detail), JSON.stringify(validate.errors)));

  it("takes an account, and demands to know whether it is a test", () => {
    assert.ok(validate({ ...detail, account: "acct_1", test: true }));
    for (const change of [{ test: undefined }, { test: "false" }, { account: "x".repeat(longestAccount + 1) }])
      assert.ok(!validate({ ...detail, ...change }));
  });

  it("takes no payload, and nothing without its transaction id", () => {
    assert.ok(!validate({ ...detail, payload: "{}" }));
    assert.ok(!validate({ ...detail, transactionId: undefined }));
  });

  it("names the kinds and the providers that there are", () => {
    assert.deepEqual(schema.properties.kind.enum, kinds);
    for (const name of codedProviders) assert.ok(validate({ ...detail, source: name }), name);
    for (const name of ["", "Stripe", "a#b"]) assert.ok(!validate({ ...detail, source: name }), name);
  });
});
