import * as assert from "node:assert/strict";
import { Variable } from "../../domain/variables";
import { mock } from "node:test";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { webhookPath } from "../../domain/paths";
import { findSource } from "../../handlers/configuredSources";
import { freshSample, idField } from "../../local/samples";
import { localSources, paymentProviders } from "../../local/sources";
import { payloadInItem } from "../../domain/payload";
import { apiEvent, withSettings } from "../../testbed/handlers";
import { GetSecretValueCommand, PutItemCommand } from "../helpers/jsonMocks";
import { Receiver } from "../helpers/receiver";

describe("The receiver", () => {
  const receiver = new Receiver();
  const { receive, signed, puts, refusedWithout } = receiver;

  for (const provider of paymentProviders) {
    it(`identifies a ${provider} event by its own ID`, async () => {
      const body = freshSample(provider);
      const { status, body: answer } = await receive(signed(provider, body));
      const event = JSON.parse(body.toString()) as Record<string, string>;
      assert.deepEqual([status, answer.transactionId], [202, `${provider}#${event[idField[provider]]}`]);
    });
  }

  for (const provider of localSources) {
    it(`stores a signed ${provider} event, and answers as ${provider} expects`, async () => {
      const event = signed(provider);
      const { status, headers, text, transactionId } = await receive(event);
      const { acknowledgment } = findSource(provider)!.provider;
      assert.equal(status, acknowledgment.status);
      assert.ok(transactionId.startsWith(`${provider}#`) && transactionId.length > provider.length + 8, transactionId);
      assert.equal(text, acknowledgment.body?.text ?? JSON.stringify({ transactionId }));
      assert.equal(headers["Content-Type"], acknowledgment.body?.contentType ?? "application/json");
      assert.deepEqual(puts()[0].Item!.transaction_id, { S: transactionId });
      assert.deepEqual(Buffer.from(payloadInItem(puts()[0].Item!)!), Buffer.from(event.body!));
    });

    it(`detects a duplicate of a ${provider} event that is signed again a minute later`, async () => {
      const body = freshSample(provider);
      const first = await receive(signed(provider, body, new Date(Date.now() - 60_000)));
      const second = await receive(signed(provider, body));
      assert.equal(first.transactionId, second.transactionId);
      const other = await receive(signed(provider));
      assert.notEqual(other.transactionId, first.transactionId);
    });

    it(`refuses an altered ${provider} event with 401 and stores nothing`, async () => {
      const event = signed(provider);
      const answer = await refusedWithout({ ...event, body: event.body!.replace(/sample/i, "simple") }, 401, "signature");
      assert.equal(answer.body.message, "The signature could not be verified.");
      assert.ok(!JSON.stringify(answer.body).includes("mismatch"), "the source must not learn which check failed");
    });
  }

  afterEach(() => mock.timers.reset());

  it("stores an item unless its ID exists, with everything that the workflow needs", async () => {
    const now = new Date("2026-01-31T12:00:00.000Z");
    mock.timers.enable({ apis: ["Date"], now });
    await receive(signed("stripe", '{"id":"evt_1","type":"charge.failed","created":1700000000}'));
    const { TableName, Item = {}, ConditionExpression, ExpressionAttributeNames } = puts()[0];
    assert.equal(TableName, "webhook-events-test");
    assert.equal(ConditionExpression, "attribute_not_exists(#transactionId)");
    assert.deepEqual(ExpressionAttributeNames, { "#transactionId": "transaction_id" });
    assert.deepEqual(Item.transaction_id, { S: "stripe#evt_1" });
    assert.deepEqual(Item.status, { S: "RECEIVED" });
    assert.deepEqual(Item.source, { S: "stripe" });
    assert.deepEqual(Item.event_type, { S: "charge.failed" });
    assert.deepEqual(Item.occurred_at, { S: "2023-11-14T22:13:20.000Z" });
    assert.equal(Item.occurred_at_source, undefined, "it is the event's own");
    assert.deepEqual(Item.attempts, { N: "0" });
    assert.deepEqual(Item.received_at, { S: now.toISOString() });
    assert.deepEqual(Item.expires_at, { N: String(Date.parse("2026-05-01T12:00:00.000Z") / 1_000) });
    assert.deepEqual(Item.due_at, { N: String(now.getTime() + 360_000) });
    assert.equal(Item.media_type, undefined, "JSON is the usual format");
    assert.equal(Item.headers, undefined, "no signature is stored");
    assert.equal(Item.provider, undefined, "a provider's name says how it signs");
  });

  it("puts an event into the shard that its transaction ID has among as many as are deployed", async () => {
    process.env[Variable.indexShards] = "4";
    try {
      for (const id of ["evt_1", "evt_2", "evt_4"]) await receive(signed("stripe", `{"id":"${id}"}`));
    } finally {
      process.env[Variable.indexShards] = "1";
    }
    // The last two bits of the first 16 that sha256sum prints for stripe#evt_1, and so on.
    assert.deepEqual(
      puts().map(({ Item }) => Item!.shard.N),
      ["3", "2", "1"],
    );
  });

  it("uses the time of receipt if the event does not say when it happened", async () => {
    await receive(signed("stripe", '{"id":"evt_1"}'));
    const { occurred_at, occurred_at_source, received_at, event_type } = puts()[0].Item!;
    assert.deepEqual(occurred_at, received_at);
    assert.deepEqual(occurred_at_source, { S: "received" });
    assert.deepEqual(event_type, { S: "unknown" });
  });

  for (const [what, provider, event] of [
    ["in microseconds, read as the year 56874", "stripe", { id: "evt_1", created: 1_732_521_600_000_000 }],
    ["of zero", "stripe", { id: "evt_1", created: 0 }],
    ["in microseconds", "standard-webhooks", { timestamp: 1_732_521_600_000_000 }],
    ["of five digits of seconds", "slack", { event_id: "Ev1", event_time: 17_325 }],
    ["before webhooks", "square", { event_id: "e1", created_at: "1970-01-01T00:00:00Z" }],
    ["of five digits", "square", { event_id: "e1", created_at: "+056874-01-01T00:00:00Z" }],
    ["that a date parser accepts", "paypal", { id: "WH-1", create_time: "order 4711" }],
  ] as const) {
    it(`uses the time of receipt, and says so, if ${provider} has a time ${what}`, async () => {
      await receive(signed(provider, event));
      const { occurred_at, occurred_at_source, received_at } = puts()[0].Item!;
      assert.deepEqual([occurred_at, occurred_at_source], [received_at, { S: "received" }]);
    });
  }

  it("answers a duplicate like the first delivery", async () => {
    const event = signed("stripe");
    const first = await receive(event);
    receiver.dynamodb
      .on(PutItemCommand)
      .rejects(new ConditionalCheckFailedException({ message: "The conditional request failed", $metadata: {} }));
    const second = await receive(event);
    assert.deepEqual([second.status, second.body], [first.status, first.body]);
    assert.ok(first.lines.some(({ EventsAccepted }) => EventsAccepted === 1));
    assert.ok(second.lines.some(({ EventsDuplicate }) => EventsDuplicate === 1));
  });

  it("answers 503 with Retry-After when the store fails, and acknowledges nothing", async () => {
    receiver.dynamodb
      .on(PutItemCommand)
      .rejects(Object.assign(new Error("Throughput exceeds the current capacity"), { name: "ThrottlingException", $metadata: {} }));
    const { status, headers, body, output } = await receive(signed("stripe"));
    assert.equal(status, 503);
    assert.equal(headers["Retry-After"], "30");
    assert.equal(body.transactionId, undefined);
    assert.match(output, /ThrottlingException: Throughput exceeds/);
  });

  it("answers 503 to an unexpected error, and logs only its name", async () => {
    const event = signed("stripe");
    const { status, output } = await receive({
      ...event,
      get headers(): never {
        throw new RangeError("quotes the payload");
      },
    });
    assert.equal(status, 503);
    assert.ok(output.includes("RangeError") && !output.includes("quotes the payload"));
  });

  it("decodes base64 byte for byte", async () => {
    const body = Buffer.from('{"id":"evt_b64","name":"Zoë"}');
    const event = signed("stripe", body);
    assert.equal((await receive({ ...event, body: body.toString("base64"), isBase64Encoded: true })).status, 202);
    assert.deepEqual(Buffer.from(payloadInItem(puts()[0].Item!)!), body);
  });

  it("reads headers in any case, even if API Gateway passes only single values", async () => {
    const event = signed("stripe");
    const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toUpperCase(), value]));
    assert.equal((await receive({ ...event, headers, multiValueHeaders: null as never })).status, 202);
  });

  it("names the event in its log lines", async () => {
    const { lines, body } = await receive(signed("stripe"));
    const line = lines.find(({ message }) => message === "Accepted")!;
    assert.equal(line.transactionId, body.transactionId);
    assert.equal(line.source, "stripe");
    assert.equal(line.apiRequestId, "request-1");
    assert.equal(line.function_request_id, "invocation-1");
  });

  it("writes one line for an event, which is its metric, too: each line costs", async () => {
    const { lines } = await receive(signed("stripe"));
    assert.deepEqual(
      lines.map(({ message, EventsAccepted, environment, _aws }) => ({ message, EventsAccepted, environment, _aws: _aws !== undefined })),
      [{ message: "Accepted", EventsAccepted: 1, environment: "test", _aws: true }],
    );
  });

  it("does not name one event in the log line of the next", async () => {
    await receive(signed("stripe"));
    const { lines } = await receive(apiEvent("nobody", "{}", {}));
    assert.equal(lines.find(({ message }) => message === "Refused")!.transactionId, undefined);
  });

  it("counts a bad signature for the alarm, and by provider and reason", async () => {
    const { lines } = await receive({ ...signed("stripe"), body: "{}" });
    const counts = lines.filter(({ SignatureFailures }) => SignatureFailures === 1);
    assert.ok(counts.some(({ environment, reason }) => environment === "test" && reason === undefined));
    assert.ok(counts.some(({ source, reason }) => source === "stripe" && reason === "mismatch"));
    const refused = lines.find(({ message }) => message === "Refused")!;
    assert.deepEqual([refused.reason, refused.sourceIp], ["mismatch", "192.0.2.1"]);
  });

  it("returns Slack's challenge, and stores nothing", async () => {
    const challenge = Buffer.from('{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY","type":"url_verification"}');
    const { status, headers, text } = await receive(signed("slack", challenge));
    assert.deepEqual([status, headers["Content-Type"], text], [200, "text/plain", "3eZbrw1aBm2rZgRNFdxV2595E9CY"]);
    assert.equal(puts().length, 0);
    await refusedWithout({ ...signed("slack", challenge), body: challenge.toString().replace("3eZ", "3eY") }, 401, "signature");
  });

  it("stores the provider if it differs from the source's name", async () => {
    const body = Buffer.from('{"id":"evt_1"}');
    receiver.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(receiver.secrets.stripe) });
    const event = { ...signed("stripe", body), resource: webhookPath("stripe-eu") };
    await withSettings({ "stripe-eu": { provider: "stripe" } }, async () =>
      assert.equal((await receive(event)).transactionId, "stripe-eu#evt_1"),
    );
    const { transaction_id, source, provider } = puts()[0].Item!;
    assert.deepEqual([transaction_id.S, source.S, provider.S], ["stripe-eu#evt_1", "stripe-eu", "stripe"]);
  });

  for (const provider of localSources) {
    it(`logs no payload, secret or signature of ${provider}, accepted or refused`, async () => {
      const body = Buffer.from(
        freshSample(provider)
          .toString()
          .replace(/sample/i, "canary4711"),
      );
      const event = signed(provider, body);
      const accepted = await receive(event);
      const refused = await receive({ ...event, body: event.body!.replace("canary4711", "canary4711x") });
      assert.equal(refused.status, 401);
      const written = [accepted, refused].map(({ output, body }) => output + JSON.stringify(body)).join("\n");
      const signatures = Object.entries(event.headers)
        .filter(([name]) => /sig|hmac/.test(name))
        .map(([, value]) => value!.replace(/^(t=\d+,)?(v1=|v0=|sha256=|v1,)/, ""));
      for (const secret of [
        "canary4711",
        ...Object.values(receiver.secrets)
          .flatMap((one) => Object.values(one) as string[])
          .filter((text) => !text.startsWith("http")),
        ...signatures,
      ])
        assert.ok(!written.includes(secret), secret);
      assert.ok(written.includes(accepted.transactionId), "the id is there: the right place was looked at");
    });
  }
});
