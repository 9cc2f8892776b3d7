import * as assert from "node:assert/strict";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import Ajv from "ajv";
import { mockClient } from "aws-sdk-client-mock";
import schema from "../../docs/event.schema.json";
import { handler } from "../../handlers/process";
import { inItem } from "../../handlers/payload/payload";
import type { ProviderDescription } from "../../domain/description";
import { exampleDescription } from "../../local/sources";
import { capturingOutput, lambdaContext, withSettings } from "../../testbed/handlers";
import { assertFails, item, request, succeeded } from "../helpers/storedEvent";

const dynamodb = mockClient(DynamoDBClient);
describe("The processor", () => {
  beforeEach(() => {
    dynamodb.reset();
    dynamodb.on(GetItemCommand).resolves({ Item: item() });
    dynamodb.on(UpdateItemCommand).resolves({});
  });
  after(() => dynamodb.restore());

  /** Processes an item; by default, the usual one. */
  const run = async (Item?: Record<string, AttributeValue>, transactionId = request.transactionId) => {
    if (Item) dynamodb.on(GetItemCommand).resolves({ Item });
    const { result: answer, lines } = await capturingOutput(() => handler({ ...request, transactionId }, lambdaContext));
    const [written] = dynamodb.commandCalls(UpdateItemCommand);
    assert.ok(answer.outcome === "OWNED");
    return { result: answer.event, lines, normalized: unmarshall(written.args[0].input.ExpressionAttributeValues![":normalized"].M!) };
  };
  const update = () => dynamodb.commandCalls(UpdateItemCommand)[0].args[0].input;

  it("returns IDs and classification, never a payload", async () => {
    const { result } = await run();
    assert.deepEqual(result, {
      transactionId: "stripe#evt_1",
      source: "stripe",
      eventType: "payment_intent.succeeded",
      kind: "payment.succeeded",
      occurredAt: "2026-01-31T12:00:00.000Z",
      receivedAt: "2026-01-31T12:00:01.234Z",
      test: false,
    });
  });

  it("reads the item consistently", async () => {
    await run();
    const { TableName, Key, ConsistentRead } = dynamodb.commandCalls(GetItemCommand)[0].args[0].input;
    assert.deepEqual(
      { TableName, Key, ConsistentRead },
      { TableName: "webhook-events-test", Key: { transaction_id: { S: "stripe#evt_1" } }, ConsistentRead: true },
    );
  });

  it("calls every event of a source that signs nothing other, even one that is named like a provider of payments", async () => {
    const description: ProviderDescription = {
      mediaTypes: ["json"],
      verify: { scheme: "token", token: { header: "x-token" } },
      identity: { paths: ["id"] },
      type: { paths: ["type"] },
    };
    for (const provider of ["custom", "grafana"])
      await withSettings({ stripe: { provider, description } }, async () => {
        dynamodb.resetHistory();
        const { result, normalized } = await run(item(succeeded, { provider: { S: provider } }));
        assert.deepEqual([result.kind, normalized.amount], ["other", undefined]);
      });
  });

  it("reads the event in the JSON field of a form, as the receiver did", async () => {
    const description = { ...exampleDescription, mediaTypes: ["multipart"], jsonField: "json", account: { path: "team" } } as const;
    const body = '--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{"id":"e1","team":"t1"}\r\n--b--\r\n';
    await withSettings({ forms: { provider: "custom", description } }, async () => {
      const stored = { source: { S: "forms" }, provider: { S: "custom" }, media_type: { S: "multipart" } };
      assert.equal((await run(item(body, stored), "forms#e1")).result.account, "t1");
      dynamodb.on(GetItemCommand).resolves({ Item: item(body.replace("json", "other"), stored) });
      await assertFails("Unprocessable", /The payload is not a JSON object/);
    });
  });

  it("reads a compressed payload", async () => {
    const large = Buffer.from(JSON.stringify({ ...succeeded, note: "y".repeat(5_000) }));
    const { result } = await run(item("", inItem(large)));
    assert.equal(result.kind, "payment.succeeded");
  });

  it("writes what the event means beside the payload, and repeats no other attribute", async () => {
    const { normalized } = await run();
    assert.deepEqual(update().ExpressionAttributeValues![":kind"], { S: "payment.succeeded" });
    assert.deepEqual(normalized, {
      amount: { value: 4200, currency: "EUR", exponent: 2 },
      paymentReference: "pi_1",
      customerReference: "cus_1",
    });
  });

  it("passes account and test mode of a Stripe Connect event to the item and the bus", async () => {
    const { result, normalized } = await run(item({ ...succeeded, livemode: false, account: "acct_1Connected" }));
    assert.deepEqual(
      [normalized.test, normalized.account, result.test, result.account],
      [true, "acct_1Connected", true, "acct_1Connected"],
    );
  });

  it("reads mode and account by the provider, not by the source's name, also of a form", async () => {
    const form = { media_type: { S: "form" }, source: { S: "chat" }, provider: { S: "slack" } };
    const payload = JSON.stringify({ type: "block_actions", team: { id: "T1" } });
    const { result } = await run(item(new URLSearchParams({ payload }).toString(), form), "chat#1");
    assert.deepEqual([result.account, result.test], ["T1", false]);
  });

  it("reads no mode or account of a configured provider", async () => {
    const event = { ...succeeded, livemode: false, account: "acct_1" };
    const { result } = await run(item(event, { source: { S: "acme" }, provider: { S: "hmac" } }), "acme#1");
    assert.deepEqual([result.test, "account" in result], [false, false]);
  });

  for (const [what, text] of [
    ["has control characters", "x\u001b[2J"],
    ["is too long", "x".repeat(513)],
  ]) {
    it(`omits an account and references whose text ${what}`, async () => {
      const object = { id: text, customer: text, amount: 1, currency: "eur" };
      const { result, normalized } = await run(item({ ...succeeded, account: text, data: { object } }));
      assert.equal("account" in result, false);
      assert.deepEqual([normalized.account, normalized.paymentReference, normalized.customerReference], [undefined, undefined, undefined]);
      assert.equal(normalized.amount.value, 1);
    });
  }

  for (const [what, times] of [
    ["was stored without a time", { occurred_at: { S: "2026-01-31T12:00:01.234Z" }, occurred_at_source: { S: "received" } }],
  ] as [string, Record<string, AttributeValue>][]) {
    it(`uses the time of receipt, and says so, if an event ${what}`, async () => {
      const { result } = await run(item(succeeded, times));
      assert.deepEqual([result.occurredAt, result.occurredAtSource], ["2026-01-31T12:00:01.234Z", "received"]);
      assert.ok(new Ajv().validate(schema, result));
    });
  }

  it("classifies an event of an unknown type as other", async () => {
    const { result } = await run(item({ id: "evt_1", type: "brand.new" }, { event_type: { S: "brand.new" } }));
    assert.equal(result.kind, "other");
  });

  it("processes an event whose source has gone, as other", async () => {
    const { result } = await run(item(succeeded, { source: { S: "acme" }, provider: { S: "zoom" } }), "acme#1");
    assert.deepEqual([result.kind, result.test, result.account], ["other", false, undefined]);
  });

  it("reads mode and account of a described source by its description", async () => {
    const description: ProviderDescription = { ...exampleDescription, account: { path: "org" }, test: { path: "live", is: false } };
    await withSettings({ acme: { provider: "custom", description } }, async () => {
      const event = item({ id: "1", org: "org_1", live: false }, { source: { S: "acme" }, provider: { S: "custom" } });
      const { result } = await run(event, "acme#1");
      assert.deepEqual([result.kind, result.test, result.account], ["other", true, "org_1"]);
    });
  });

  it("reads the meaning of a described source by its description, also of an item", async () => {
    const amount = { value: "sum", currency: "currency", unit: "minorText" } as const;
    const rows = [{ types: ["paid"], kind: "payment.succeeded", amount, documentation: "https://example.com/events" }] as const;
    const description: ProviderDescription = { ...exampleDescription, items: "events", meanings: { payment: "payment", rows } };
    await withSettings({ acme: { provider: "custom", description } }, async () => {
      const payload = { events: [{ sum: "1200", currency: "EUR", payment: "p_1" }] };
      const event = item(payload, { source: { S: "acme" }, provider: { S: "custom" }, event_type: { S: "paid" } });
      const { normalized, result } = await run(event, "acme#1");
      assert.deepEqual(
        [result.kind, normalized.amount, normalized.paymentReference],
        ["payment.succeeded", { value: 1200, currency: "EUR", exponent: 2 }, "p_1"],
      );
    });
  });

  it("processes a text without reading anything from it", async () => {
    const { result } = await run(
      item("<order/>", { source: { S: "acme" }, provider: { S: "custom" }, media_type: { S: "xml" } }),
      "acme#1",
    );
    assert.equal(result.kind, "other");
  });

  it("cannot process an event of an unknown media type", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, { media_type: { S: "video" } }) });
    await assertFails("Unprocessable", /media type is unknown/);
  });

  for (const payload of ["{ canary4711", '"canary4711"', "null", ""]) {
    it(`cannot process the payload ${payload || "of nothing"}, and never quotes it`, async () => {
      dynamodb.on(GetItemCommand).resolves({ Item: item(payload) });
      const output = await assertFails("Unprocessable", /^The payload is not a JSON object\.$/);
      assert.ok(!output.includes("canary4711"));
    });
  }

  it("cannot process an item without payload or times, and names the missing fields", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: item(succeeded, { occurred_at: { S: "canary4711" } }) });
    const output = await assertFails("Unprocessable", /^The event does not fit the normalized shape: occurredAt\.$/);
    assert.ok(!output.includes("canary4711"));
    const without = item();
    delete without.payload;
    dynamodb.on(GetItemCommand).resolves({ Item: without });
    await assertFails("Unprocessable", /not a JSON object/);
  });

  it("fails with only the name of an error that may quote a payload, to be retried", async () => {
    dynamodb.on(GetItemCommand).resolves({
      Item: {
        ...item(),
        get headers(): never {
          throw new TypeError("canary4711");
        },
      },
    });
    assert.ok(!(await assertFails("Transient", /^TypeError$/)).includes("canary4711"));
  });

  it("names the event in its log lines, and measures its delay", async () => {
    const { lines } = await run();
    const line = lines.find(({ message }) => message === "Normalized")!;
    assert.deepEqual([line.transactionId, line.source, line.kind], ["stripe#evt_1", "stripe", "payment.succeeded"]);
    assert.deepEqual(
      [lines.length, line.EventsNormalized, line.environment],
      [1, 1, "test"],
      "each line costs, so one has the metrics, too",
    );
    assert.ok((line.ProcessingDelay as number) > 0);
  });
});
