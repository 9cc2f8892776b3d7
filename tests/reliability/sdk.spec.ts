import * as assert from "node:assert/strict";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
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
  "a deadline and a timeout that is only logged": { requestHandler: { requestTimeout: 200 }, deadline: 300 },
  "neither a timeout nor a deadline": { requestHandler: {} },
};

type Ended = { error: string; tries: number };

function clientWith(requestHandler: Setting["requestHandler"], endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new DynamoDBClient({
    region: "eu-central-1",
    maxAttempts: 3,
    credentials,
    endpoint,
    requestHandler: { ...requestHandler, logger: silent },
  });
}
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Returns the name of a call's error, or `hangs` without one within five seconds. */
async function errorOf(client: DynamoDBClient, abortSignal: AbortSignal | undefined): Promise<string> {
  const call = client.send(new GetItemCommand({ TableName: "events", Key: { id: { S: "1" } } }), { abortSignal });
  const ended = call.then(
    () => "none",
    ({ name }: Error) => name,
  );
  return Promise.race([ended, new Promise<string>((resolve) => setTimeout(() => resolve("hangs"), 5_000))]);
}

async function really({ requestHandler, deadline }: Setting): Promise<Ended> {
  const service = await listenInSilence("no answer");
  const error = await errorOf(
    clientWith(requestHandler, `http://127.0.0.1:${service.port}`),
    deadline ? AbortSignal.timeout(deadline) : undefined,
  );
  await service.close();
  return { error, tries: service.requests() };
}

async function simulated({ requestHandler, deadline }: Setting): Promise<Ended> {
  const client = clientWith(requestHandler, "http://127.0.0.1:1");
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
  const results = new Map<string, { real: Ended; double: Ended }>();
  before(async () => {
    const all = Object.entries(settings).map(async ([name, setting]) => {
      const [real, double] = await Promise.all([really(setting), simulated(setting)]);
      results.set(name, { real, double });
    });
    await Promise.all(all);
  });

  for (const name of Object.keys(settings))
    it(`gives the same error and tries to a client with ${name}`, () => {
      const { real, double } = results.get(name)!;
      assert.deepEqual(double, real);
    });
});
