import * as assert from "node:assert/strict";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientOptions } from "../../../handlers/aws/clientOptions";
import { JsonClient } from "../../../handlers/aws/jsonClient";
import { PutItemCommand } from "../../../handlers/aws/jsonCommands";
import { dynamodbService } from "../../../handlers/aws/receiverDynamodb";
import { listenInSilence, type Silence } from "../../helpers/silence";

type Options = typeof clientOptions & { endpoint: string };

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const region = "eu-central-1";

/** The inherited `send`: other specs replace a class's own `send`. */
const { send } = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: (this: object, command: object) => Promise<{ Body?: Stored }> };
interface Stored {
  transformToByteArray(): Promise<Uint8Array>;
}

/** Makes a call to each service that the functions use, and reads it to the end: an object to its last byte. */
const calls: Record<string, (options: Options) => Promise<unknown>> = {
  DynamoDB: (options) => send.call(new DynamoDBClient(options), new GetItemCommand({ TableName: "events", Key: { id: { S: "1" } } })),
  "Secrets Manager": (options) => send.call(new SecretsManagerClient(options), new GetSecretValueCommand({ SecretId: "arn" })),
  "DynamoDB, by the receiver": (options) =>
    new JsonClient(dynamodbService, options).send(new PutItemCommand({ TableName: "events", Item: {} })),
  SQS: (options) =>
    send.call(new SQSClient(options), new SendMessageCommand({ QueueUrl: `${options.endpoint}/1/queue`, MessageBody: "{}" })),
  "S3, to read": async (options) => {
    const { Body } = await send.call(new S3Client(options), new GetObjectCommand({ Bucket: "payloads", Key: "1" }));
    return Body!.transformToByteArray();
  },
  "S3, to write": (options) =>
    send.call(new S3Client(options), new PutObjectCommand({ Bucket: "payloads", Key: "1", Body: Buffer.alloc(6e6) })),
};

/** Outcome of a call. */
interface Ended {
  error: string;
  seconds: number;
  requests: number;
}

async function callInSilence(call: (options: Options) => Promise<unknown>, silence: Silence, protocol: "http" | "https"): Promise<Ended> {
  const service = await listenInSilence(silence);
  const started = performance.now();
  const endpoint = `${protocol}://127.0.0.1:${service.port}`;
  const ended = call({ ...clientOptions, endpoint, region, credentials } as Options).then(
    () => "none",
    (error: Error) => error.name,
  );
  const tooLate = new Promise<string>((resolve) => setTimeout(() => resolve("none: it still waits"), 12_000).unref());
  const error = await Promise.race([ended, tooLate]);
  const seconds = (performance.now() - started) / 1_000;
  await service.close();
  return { error, seconds, requests: service.requests() };
}

/** Runs all at once, because each waits for an answer that never comes. */
describe("A function's call to a service that accepts the connection and then", () => {
  const ways = {
    "does not answer": ["no answer", "http"],
    "does not finish the TLS handshake": ["no answer", "https"],
    "stalls in its answer": ["half an answer", "http"],
  } as const;
  const all = Object.entries(ways).flatMap(([way, [silence, protocol]]) =>
    Object.entries(calls).map(([service, call]) => ({ way, silence, protocol, service, call })),
  );
  const results = new Map<string, Ended>();
  before(async () => {
    await Promise.all(
      all.map(async ({ way, silence, protocol, service, call }) =>
        results.set(`${way}: ${service}`, await callInSilence(call, silence, protocol)),
      ),
    );
  });

  for (const { way, service } of all)
    it(`${way} ends with an error within 12 s: ${service}`, () => {
      const { error, seconds, requests } = results.get(`${way}: ${service}`)!;
      assert.equal(error, "TimeoutError", `after ${seconds} s`);
      // The program, not the SDK, reads an object's body, after the SDK's tries. The state machine tries again.
      const tries = service === "S3, to read" && way === "stalls in its answer" ? 1 : clientOptions.maxAttempts;
      assert.equal(requests, tries);
    });
});
