import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { providerNames, type ProviderName } from "../../contract";
import { clearCredentials } from "../../handlers/credentials";
import { handler } from "../../handlers/receive";
import { freshSample } from "../../local/samples";
import type { SecretValues, Signing } from "../../local/signing";
import { apiEvent, capturingOutput, lambdaContext, signedEvent, testSigning } from "../helpers/handlers";

const dynamodb = mockClient(DynamoDBClient);
const secretsManager = mockClient(SecretsManagerClient);

describe("The receiver", () => {
  let signing: Signing;
  let secrets: SecretValues;
  before(async () => ({ signing, secrets } = await testSigning()));
  beforeEach(() => {
    clearCredentials();
    dynamodb.reset();
    secretsManager.reset();
    dynamodb.on(PutItemCommand).resolves({});
    for (const name of providerNames) {
      secretsManager.on(GetSecretValueCommand, { SecretId: `arn:${name}` }).resolves({ SecretString: JSON.stringify(secrets[name]) });
    }
  });
  after(() => {
    dynamodb.restore();
    secretsManager.restore();
  });

  const receive = async (event: APIGatewayProxyEvent) => {
    const { result, ...rest } = await capturingOutput(() => handler(event, lambdaContext));
    return { ...rest, status: result.statusCode, headers: result.headers!, body: JSON.parse(result.body) as Record<string, string> };
  };
  const puts = () => dynamodb.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  const refusedWithout = async (event: APIGatewayProxyEvent, status: number, error: string) => {
    const answer = await receive(event);
    assert.deepEqual([answer.status, answer.body.error], [status, error]);
    assert.equal(puts().length, 0, "nothing may be stored");
    assert.equal(answer.body.transactionId, undefined);
    return answer;
  };

  for (const provider of providerNames) {
    it(`stores a signed ${provider} event under its own id and answers 202 with it`, async () => {
      const body = freshSample(provider);
      const event = JSON.parse(body.toString()) as { id?: string; event_id?: string };
      const { status, body: answer } = await receive(signedEvent(provider, body, signing));
      assert.equal(status, 202);
      assert.equal(answer.transactionId, `${provider}#${event.id ?? event.event_id}`);
      assert.deepEqual(Buffer.from(puts()[0].Item!.payload.B!), body);
    });

    it(`refuses an altered ${provider} event with 401 and stores nothing`, async () => {
      const event = signedEvent(provider, freshSample(provider), signing);
      const answer = await refusedWithout({ ...event, body: `${event.body} ` }, 401, "signature");
      assert.equal(answer.body.message, "The signature could not be verified.");
      assert.ok(!JSON.stringify(answer.body).includes("mismatch"), "the sender must not learn which check failed");
    });
  }

  it("puts an item only if none with its id is there, with all that the workflow needs", async () => {
    const now = Date.now();
    await receive(signedEvent("stripe", Buffer.from('{"id":"evt_1","type":"charge.failed","created":1700000000}'), signing));
    const { TableName, Item = {}, ConditionExpression, ExpressionAttributeNames } = puts()[0];
    assert.equal(TableName, "webhook-events-test");
    assert.equal(ConditionExpression, "attribute_not_exists(#transactionId)");
    assert.deepEqual(ExpressionAttributeNames, { "#transactionId": "transaction_id" });
    assert.deepEqual(Item.transaction_id, { S: "stripe#evt_1" });
    assert.deepEqual(Item.status, { S: "RECEIVED" });
    assert.deepEqual(Item.provider, { S: "stripe" });
    assert.deepEqual(Item.event_type, { S: "charge.failed" });
    assert.deepEqual(Item.occurred_at, { S: "2023-11-14T22:13:20.000Z" });
    assert.deepEqual(Item.attempts, { N: "0" });
    assert.ok(Math.abs(Date.parse(Item.received_at.S!) - now) < 5_000);
    const days = (Number(Item.expires_at.N) - now / 1000) / 86_400;
    assert.ok(Math.abs(days - 90) < 0.001, `${days} days`);
    assert.deepEqual(Item.headers, { M: { "content-type": { S: "application/json" } } }, "no signature is stored");
  });

  it("takes the time of receipt where the event does not say when it happened", async () => {
    await receive(signedEvent("stripe", Buffer.from('{"id":"evt_1"}'), signing));
    const { occurred_at, received_at, event_type } = puts()[0].Item!;
    assert.deepEqual(occurred_at, received_at);
    assert.deepEqual(event_type, { S: "unknown" });
  });

  it("answers a repetition like the first delivery", async () => {
    const event = signedEvent("stripe", freshSample("stripe"), signing);
    const first = await receive(event);
    dynamodb.on(PutItemCommand).rejects(new ConditionalCheckFailedException({ message: "The conditional request failed", $metadata: {} }));
    const second = await receive(event);
    assert.deepEqual([second.status, second.body], [first.status, first.body]);
    assert.ok(first.lines.some(({ EventsAccepted }) => EventsAccepted === 1));
    assert.ok(second.lines.some(({ EventsDuplicate }) => EventsDuplicate === 1));
  });

  it("answers 503 with Retry-After when the store fails, and acknowledges nothing", async () => {
    dynamodb.on(PutItemCommand).rejects(Object.assign(new Error("Throughput exceeds the current capacity"), { name: "ThrottlingException", $metadata: {} }));
    const { status, headers, body, output } = await receive(signedEvent("stripe", freshSample("stripe"), signing));
    assert.equal(status, 503);
    assert.equal(headers["Retry-After"], "30");
    assert.equal(body.transactionId, undefined);
    assert.match(output, /ThrottlingException: Throughput exceeds/);
  });

  it("answers 503 to what it did not foresee, and logs no more than the error's name", async () => {
    const event = signedEvent("stripe", freshSample("stripe"), signing);
    const { status, output } = await receive({ ...event, get headers(): never { throw new RangeError("quotes the payload"); } });
    assert.equal(status, 503);
    assert.ok(output.includes("RangeError") && !output.includes("quotes the payload"));
  });

  for (const name of ["nobody", "", "__proto__", "constructor", "Stripe"]) {
    it(`knows no provider "${name}"`, () => refusedWithout(apiEvent(name, "{}", { "content-type": "application/json" }), 404, "unknown_provider"));
  }

  it("knows no provider that this stack is not configured for", async () => {
    const all = process.env.PROVIDER_SECRETS;
    process.env.PROVIDER_SECRETS = '{"stripe":"arn:stripe"}';
    try {
      await refusedWithout(signedEvent("square", freshSample("square"), signing), 404, "unknown_provider");
    } finally {
      process.env.PROVIDER_SECRETS = all;
    }
  });

  for (const [what, type] of [["text", "text/plain"], ["a form", "application/x-www-form-urlencoded"], ["nothing said", ""]]) {
    it(`refuses ${what} with 415`, () => refusedWithout(apiEvent("stripe", "{}", { "Content-Type": type }), 415, "unsupported_media_type"));
  }

  it("refuses a body above 350,000 bytes with 413, and takes one of just that size", async () => {
    const sized = (bytes: number) => Buffer.from(`{"id":"evt_big","pad":"${"x".repeat(bytes - 25)}"}`);
    assert.equal(sized(350_000).length, 350_000);
    await refusedWithout(signedEvent("stripe", sized(350_001), signing), 413, "too_large");
    assert.equal((await receive(signedEvent("stripe", sized(350_000), signing))).status, 202);
  });

  for (const body of ['{"type":"x"}', '{"id":""}', '{"id":5}', "[]", '"text"', "null", "{", `{"id":"${"x".repeat(513)}"}`, `{"id":"e","type":"${"x".repeat(257)}"}`]) {
    it(`refuses a signed ${body.slice(0, 24)} with 400`, () => refusedWithout(signedEvent("stripe", Buffer.from(body), signing), 400, "malformed"));
  }

  it("undoes base64, byte for byte", async () => {
    const body = Buffer.from('{"id":"evt_b64","name":"Zoë"}');
    const event = signedEvent("stripe", body, signing);
    assert.equal((await receive({ ...event, body: body.toString("base64"), isBase64Encoded: true })).status, 202);
    assert.deepEqual(Buffer.from(puts()[0].Item!.payload.B!), body);
  });

  it("reads headers in any case, also where API Gateway gives them once only", async () => {
    const event = signedEvent("stripe", freshSample("stripe"), signing);
    const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toUpperCase(), value]));
    assert.equal((await receive({ ...event, headers, multiValueHeaders: null as never })).status, 202);
  });

  it("answers a request without anything as it does any other", async () => {
    await refusedWithout(apiEvent("stripe", "", {}, { body: null, headers: null, multiValueHeaders: null }), 415, "unsupported_media_type");
    await refusedWithout(apiEvent("stripe", "", {}, { pathParameters: null }), 404, "unknown_provider");
    await refusedWithout(apiEvent("stripe", "", {}, { headers: { "Content-Type": undefined }, multiValueHeaders: { Accept: undefined } }), 415, "unsupported_media_type");
  });

  it("names the event in its log lines", async () => {
    const { lines, body } = await receive(signedEvent("stripe", freshSample("stripe"), signing));
    const line = lines.find(({ message }) => message === "Accepted")!;
    assert.equal(line.transactionId, body.transactionId);
    assert.equal(line.provider, "stripe");
    assert.equal(line.apiRequestId, "request-1");
    assert.equal(line.function_request_id, "invocation-1");
  });

  it("does not name one event in the line of the next", async () => {
    await receive(signedEvent("stripe", freshSample("stripe"), signing));
    const { lines } = await receive(apiEvent("nobody", "{}", {}));
    assert.equal(lines.find(({ message }) => message === "Refused")!.transactionId, undefined);
  });

  it("counts a bad signature for the alarm, and by provider and reason", async () => {
    const { lines } = await receive({ ...signedEvent("stripe", freshSample("stripe"), signing), body: "{}" });
    const counts = lines.filter(({ SignatureFailures }) => SignatureFailures === 1);
    assert.ok(counts.some(({ environment, reason }) => environment === "test" && reason === undefined));
    assert.ok(counts.some(({ provider, reason }) => provider === "stripe" && reason === "mismatch"));
    const refused = lines.find(({ message }) => message === "Refused")!;
    assert.deepEqual([refused.reason, refused.sourceIp], ["mismatch", "192.0.2.1"]);
  });

  for (const provider of providerNames as readonly ProviderName[]) {
    it(`writes neither payload, secret nor signature of ${provider} anywhere, accepted or refused`, async () => {
      const body = Buffer.from(freshSample(provider).toString().replace(/sample/i, "canary4711"));
      const event = signedEvent(provider, body, signing);
      const accepted = await receive(event);
      const refused = await receive({ ...event, body: `${event.body} ` });
      const written = [accepted, refused].map(({ output, body }) => output + JSON.stringify(body)).join("\n");
      const signatures = Object.entries(event.headers).filter(([name]) => /sig/.test(name)).map(([, value]) => value!.replace(/^.*v1=/, ""));
      for (const secret of ["canary4711", signing.stripe.secret, signing.square.signatureKey, ...signatures]) assert.ok(!written.includes(secret), secret);
      assert.ok(written.includes(accepted.body.transactionId), "the id is there: the right place was looked at");
    });
  }
});
