import * as assert from "node:assert/strict";
import { DynamoDBClient, PutItemCommand as SdkPutItemCommand } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient, GetSecretValueCommand as SdkGetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import { clientOptions } from "../../../handlers/aws/clientOptions";
import { JsonClient, type ServiceError } from "../../../handlers/aws/jsonClient";
import { GetSecretValueCommand, PutItemCommand } from "../../../handlers/aws/jsonCommands";
import { dynamodbService, receiverDynamodb } from "../../../handlers/aws/receiverDynamodb";
import { secretsManager } from "../../../handlers/aws/secretsManager";
import { capturingOutput } from "../../../testbed/handlers";
import { Endpoint, type Answering, type Received } from "../../helpers/endpoint";

/** The inherited `send`: other specifications replace a class's own. */
const { send } = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: (this: object, command: object) => Promise<object> };

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** Endpoint that gives these answers in turn, the last one again and again. */
class AnsweringEndpoint extends Endpoint {
  answers: Answer[] = [];
  override answer: Answering = (_, response) => {
    const { status, body, headers } = (this.answers.length > 1 ? this.answers.shift() : this.answers[0])!;
    response.writeHead(status, headers).end(body);
  };
}

const input = {
  TableName: "events",
  Item: {
    transaction_id: { S: "stripe#ä-evt_1" },
    attempts: { N: "0" },
    payload: { B: Buffer.from([0, 1, 254, 255]) },
    part: { B: new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4) },
    headers: { M: { "user-agent": { S: "A \u2028 \"quoted\" 'name'" } } },
    list: { L: [{ BOOL: true }, { NULL: true }] },
  },
  ConditionExpression: "attribute_not_exists(#id)",
  ExpressionAttributeNames: { "#id": "transaction_id" },
};
const throttled = {
  status: 400,
  body: JSON.stringify({ __type: "com.amazonaws.dynamodb.v20120810#ThrottlingException", message: "slow down" }),
};
const accepted = { status: 200, body: "{}" };

describe("The functions' own client of AWS's JSON services", () => {
  const server = new AnsweringEndpoint();
  const variables = { AWS_ENDPOINT_URL: "", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "key", AWS_SESSION_TOKEN: "token" };
  const environmentBefore = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  let endpoint: string;
  before(async () => {
    endpoint = new URL((await server.start()).url).origin;
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL: endpoint });
  });
  after(async () => {
    for (const [name, value] of Object.entries(environmentBefore))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await server.stop();
  });
  beforeEach(() => {
    server.received.length = 0;
    server.answers = [accepted];
  });

  const put = (options = {}) => receiverDynamodb.send(new PutItemCommand(input), options);
  const sdkOptions = () => ({ ...clientOptions, endpoint, region: "eu-central-1" });

  describe("sends what the SDK sends:", () => {
    const both = async (own: () => Promise<unknown>, ofSdk: () => Promise<unknown>) => {
      await own();
      await ofSdk();
      return server.received;
    };
    const cases = {
      "a put": () =>
        both(
          () => put(),
          () => send.call(new DynamoDBClient(sdkOptions()), new SdkPutItemCommand(input)),
        ),
      "a read of a secret": () =>
        both(
          () => secretsManager.send(new GetSecretValueCommand({ SecretId: "webhook-stripe" })),
          () => send.call(new SecretsManagerClient(sdkOptions()), new SdkGetSecretValueCommand({ SecretId: "webhook-stripe" })),
        ),
    };
    for (const [name, requests] of Object.entries(cases))
      it(name, async () => {
        const [own, ofSdk] = await requests();
        assert.deepEqual(JSON.parse(String(own.body)), JSON.parse(String(ofSdk.body)));
        for (const header of ["x-amz-target", "content-type", "x-amz-security-token", "host"])
          assert.equal(own.headers[header], ofSdk.headers[header], header);
        const scope = (headers: Received["headers"]) => /Credential=([^,]+)/.exec(headers.authorization!)![1];
        assert.equal(scope(own.headers), scope(ofSdk.headers));
      });
  });

  it("signs body, target, time, host and token", async () => {
    await put();
    const [{ headers, body }] = server.received;
    const [, names, signature] = /SignedHeaders=([^,]+), Signature=(\w+)$/.exec(headers.authorization!)!;
    for (const name of ["host", "x-amz-date", "x-amz-target", "x-amz-security-token", "x-amz-content-sha256"])
      assert.ok(names.split(";").includes(name), name);
    // The signer adds the token itself.
    const given = names.split(";").filter((name) => name !== "x-amz-security-token");
    const signed = Object.fromEntries(given.map((name) => [name, String(headers[name])]));
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "key", sessionToken: "token" };
    const signatureOf = async (text: string) => {
      const request = new HttpRequest({
        method: "POST",
        protocol: "http:",
        hostname: "127.0.0.1",
        path: "/",
        headers: { ...signed },
        body: text,
      });
      const signer = new SignatureV4({ service: "dynamodb", region: "eu-central-1", credentials, sha256: Sha256 });
      const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(signed["x-amz-date"])!;
      const signingDate = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      const { headers: again } = await signer.sign(request, { signingDate });
      return /Signature=(\w+)$/.exec(again.authorization)![1];
    };
    assert.equal(await signatureOf(String(body)), signature);
  });

  const shapes = {
    "a type with its namespace": { body: throttled.body.replace("ThrottlingException", "ConditionalCheckFailedException") },
    "a header": { body: "{}", headers: { "x-amzn-errortype": "ConditionalCheckFailedException:http://internal.amazon.com/" } },
  };
  for (const [shape, answer] of Object.entries(shapes))
    it(`names a service's error, given as ${shape}, and does not try again`, async () => {
      server.answers = [{ status: 400, ...answer }];
      await assert.rejects(() => put(), { name: "ConditionalCheckFailedException" });
      assert.equal(server.received.length, 1);
    });

  it("tries throttled calls and failures of the service again, each signed anew", async () => {
    server.answers = [throttled, { status: 500, body: '{"__type":"InternalServerError"}' }, accepted];
    const { $metadata } = (await put()) as { $metadata: { attempts: number } };
    assert.equal($metadata.attempts, 3);
    assert.equal(server.received.length, 3);
    assert.deepEqual(new Set(server.received.map(({ body }) => String(body))).size, 1);
  });

  it("waits between tries as the SDK's clients of these services do", async () => {
    const baseDelayOf = async ({ config }: { config: { retryStrategy(): Promise<object> } }) =>
      ((await config.retryStrategy()) as { baseDelay: number }).baseDelay;
    const ofSdk = [new DynamoDBClient(sdkOptions()), new SecretsManagerClient(sdkOptions())];
    const own = [receiverDynamodb, secretsManager];
    assert.deepEqual(await Promise.all(own.map(baseDelayOf)), await Promise.all(ofSdk.map(baseDelayOf)));
  });

  it("gives up after three tries, with the service's own error", async () => {
    server.answers = [throttled];
    await assert.rejects(
      () => put(),
      (error: ServiceError) => {
        const { name, message, $metadata } = error;
        assert.deepEqual([name, message, $metadata.attempts], ["ThrottlingException", "slow down", clientOptions.maxAttempts]);
        return true;
      },
    );
    assert.equal(server.received.length, clientOptions.maxAttempts);
  });

  it("tries again after a proxy's page that is no JSON", async () => {
    server.answers = [{ status: 502, body: "<html>Bad gateway</html>" }, accepted];
    await put();
    assert.equal(server.received.length, 2);
  });

  it("does not try again a refusal for missing permissions", async () => {
    server.answers = [{ status: 400, body: '{"__type":"AccessDeniedException","Message":"not authorized"}' }];
    await assert.rejects(() => put(), { name: "AccessDeniedException", message: "not authorized" });
    assert.equal(server.received.length, 1);
  });

  it("ends at the deadline, also while it waits for the next try", async () => {
    server.answers = [{ status: 502, body: "" }];
    const patient = new JsonClient({ ...dynamodbService, baseDelay: 5_000 }, { ...clientOptions, endpoint });
    const deadline = new AbortController();
    const { random } = Math;
    Math.random = () => 0.99;
    let [ended, abortedAt] = [0, 0];
    try {
      const call = patient.send(new PutItemCommand(input), { abortSignal: deadline.signal });
      setTimeout(() => {
        abortedAt = performance.now();
        deadline.abort();
      }, 1_000);
      await assert.rejects(call, { name: "AbortError" });
      ended = performance.now();
    } finally {
      Math.random = random;
    }
    assert.ok(ended - abortedAt < 3_000, "the wait has 3.9 s left");
    assert.equal(server.received.length, 1);
    await assert.rejects(() => put({ abortSignal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("calls the middleware that X-Ray's library adds, as a client of the SDK, until it is removed", async () => {
    const { middlewareStack } = receiverDynamodb;
    const seen: unknown[] = [];
    type Next = Parameters<Parameters<typeof middlewareStack.use>[0]["applyToStack"]>[0];
    const applyToStack = (stack: Next) =>
      (stack as { add(middleware: unknown): void }).add(
        (next: () => Promise<unknown>, context: object) =>
          async ({ input: given }: { input: object }) => {
            seen.push(context, given);
            return next();
          },
      );
    middlewareStack.use({ applyToStack });
    await put();
    middlewareStack.remove();
    await put();
    assert.deepEqual(seen, [{ clientName: "DynamoDBClient", commandName: "PutItemCommand" }, input]);
    // Powertools looks for its own middleware, and adds it to the user agent's, which there is not.
    assert.deepEqual([middlewareStack.identify(), middlewareStack.addRelativeTo()], [[], undefined]);
  });

  it("logs neither the secret nor a signature", async () => {
    server.answers = [{ status: 200, body: JSON.stringify({ SecretString: "very secret" }) }];
    const { result, output } = await capturingOutput(() => secretsManager.send(new GetSecretValueCommand({ SecretId: "id" })));
    assert.deepEqual([result.SecretString, output], ["very secret", ""]);
  });
});
