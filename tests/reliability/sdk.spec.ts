import * as assert from "node:assert/strict";
import { DynamoDBClient, PutItemCommand as SdkPutItemCommand } from "@aws-sdk/client-dynamodb";
import type { clientOptions } from "../../handlers/aws/clientOptions";
import { JsonClient } from "../../handlers/aws/jsonClient";
import { PutItemCommand } from "../../handlers/aws/jsonCommands";
import { dynamodbService } from "../../handlers/aws/receiverDynamodb";
import { listenInSilence } from "../helpers/silence";
import { CallFailure } from "../../testbed/matrix/faults";
import { connect } from "../../testbed/matrix/sdk";

/** A client's timeouts, and the milliseconds after which its caller ends the call. */
interface Setting {
  requestHandler: { requestTimeout?: number; throwOnRequestTimeout?: boolean; socketTimeout?: number };
  deadline?: number;
}

const settings: Record<string, Setting> = {
  "a timeout that is only logged": { requestHandler: { requestTimeout: 200 } },
  "a timeout that is thrown": { requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true } },
  "a timeout of the socket": { requestHandler: { socketTimeout: 200 } },
  "a deadline between the first try and the last": {
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
    deadline: 1_700,
  },
  "a deadline and a timeout that is only logged": { requestHandler: { requestTimeout: 200 }, deadline: 1_000 },
  "neither a timeout nor a deadline": { requestHandler: {} },
};

type Ended = { error: string; tries: number };

interface Client {
  config: DynamoDBClient["config"];
  call(options: { abortSignal: AbortSignal | undefined }): Promise<unknown>;
}
type Maker = (requestHandler: Setting["requestHandler"], endpoint: string) => Client;

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const put = { TableName: "events", Item: { id: { S: "1" } } };

const makers: Record<string, Maker> = {
  "the SDK's client": (requestHandler, endpoint) => {
    const options = { region: "eu-central-1", maxAttempts: 3, credentials, endpoint };
    const client = new DynamoDBClient({ ...options, requestHandler: { ...requestHandler, logger: silent } });
    return { config: client.config, call: (options) => client.send(new SdkPutItemCommand(put), options) };
  },
  "the receiver's client": (requestHandler, endpoint) => {
    const own = { ...requestHandler, logger: silent } as unknown as typeof clientOptions.requestHandler;
    const client = new JsonClient(dynamodbService, { requestHandler: own, maxAttempts: 3, endpoint });
    const call: Client["call"] = (options) => client.send(new PutItemCommand(put), options);
    return { config: client.config as unknown as Client["config"], call };
  },
};

/** Returns the name of a call's error, or `hangs` without one within five seconds. */
async function errorOf(client: Client, abortSignal: AbortSignal | undefined): Promise<string> {
  const ended = client.call({ abortSignal }).then(
    () => "none",
    ({ name }: Error) => name,
  );
  return Promise.race([ended, new Promise<string>((resolve) => setTimeout(() => resolve("hangs"), 5_000))]);
}

async function really(make: Maker, { requestHandler, deadline }: Setting): Promise<Ended> {
  const service = await listenInSilence("no answer");
  const error = await errorOf(
    make(requestHandler, `http://127.0.0.1:${service.port}`),
    deadline ? AbortSignal.timeout(deadline) : undefined,
  );
  await service.close();
  return { error, tries: service.requests() };
}

async function simulated(make: Maker, { requestHandler, deadline }: Setting): Promise<Ended> {
  const client = make(requestHandler, "http://127.0.0.1:1");
  const caller = new AbortController();
  let [tries, passed] = [0, 0];
  await connect(client, () => ({
    answer: () => Promise.reject(new CallFailure("timeout")).finally(() => tries++),
    onRetry: () => {},
    onSilence: (milliseconds) => {
      passed += milliseconds;
      if (deadline && passed >= deadline) caller.abort();
      return milliseconds;
    },
    onCrash: () => {},
  }));
  return { error: await errorOf(client, caller.signal), tries };
}

/** Runs all settings at once, because each waits for a timeout. */
describe("A service that never answers, simulated and through a real socket,", () => {
  const cases = Object.entries(makers).flatMap(([client, make]) =>
    Object.entries(settings).map(([setting, values]) => ({ name: `${client} with ${setting}`, make, values })),
  );
  const results = new Map<string, { real: Ended; double: Ended }>();
  before(async () => {
    const all = cases.map(async ({ name, make, values }) => {
      const [real, double] = await Promise.all([really(make, values), simulated(make, values)]);
      results.set(name, { real, double });
    });
    await Promise.all(all);
  });

  for (const { name } of cases)
    it(`gives the same error and tries to ${name}`, () => {
      const { real, double } = results.get(name)!;
      assert.deepEqual(double, real);
    });
});
