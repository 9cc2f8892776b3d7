import * as assert from "node:assert/strict";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { clearCredentials } from "../../handlers/credentials";
import { handler } from "../../handlers/receive";
import { freshSample } from "../../local/samples";
import { localSources, type LocalSource } from "../../local/sources";
import type { SecretValues, Signing } from "../../local/signing";
import { capturingOutput, lambdaContext, signedEvent, testSigning } from "../../testbed/handlers";
import { GetSecretValueCommand, mockReceiverDynamodb, mockSecretsManager, PutItemCommand } from "./jsonMocks";

/** The receiver for the tests of a file, with a mocked store that accepts everything and a secret for every source. */
export class Receiver {
  signing!: Signing;
  secrets!: SecretValues;
  dynamodb!: ReturnType<typeof mockReceiverDynamodb>;
  secretsManager!: ReturnType<typeof mockSecretsManager>;

  constructor() {
    before(async () =>
      Object.assign(this, await testSigning(), { dynamodb: mockReceiverDynamodb(), secretsManager: mockSecretsManager() }),
    );
    after(() => {
      this.dynamodb.restore();
      this.secretsManager.restore();
    });
    beforeEach(() => {
      clearCredentials();
      this.dynamodb.reset();
      this.secretsManager.reset();
      this.dynamodb.on(PutItemCommand).resolves({});
      for (const name of localSources) {
        const SecretString = JSON.stringify(this.secrets[name]);
        this.secretsManager.on(GetSecretValueCommand, { SecretId: `arn:${name}` }).resolves({ SecretString });
      }
    });
  }

  /** Builds API Gateway's event for a signed request, with a fresh sample or this body. */
  signed = (source: LocalSource, body: Buffer | string | object = freshSample(source), now?: Date) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    return signedEvent(source, bytes, this.signing, now);
  };

  receive = async (event: APIGatewayProxyEvent) => {
    const { result, ...rest } = await capturingOutput(() => handler(event, lambdaContext));
    const body = /json/.test(String(result.headers!["Content-Type"])) ? (JSON.parse(result.body) as Record<string, string>) : {};
    const transactionId = decodeURIComponent(String(result.headers!["X-Transaction-Id"] ?? ""));
    return { ...rest, status: result.statusCode, headers: result.headers!, body, text: result.body, transactionId };
  };

  puts = () => this.dynamodb.commandCalls(PutItemCommand).map(({ args }) => args[0].input);

  refusedWithout = async (event: APIGatewayProxyEvent, status: number, error: string) => {
    const answer = await this.receive(event);
    assert.deepEqual([answer.status, answer.body.error], [status, error]);
    assert.equal(this.puts().length, 0, "nothing must be stored");
    assert.equal(answer.body.transactionId, undefined);
    return answer;
  };
}
