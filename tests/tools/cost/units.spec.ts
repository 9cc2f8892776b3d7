import * as assert from "node:assert/strict";
import type { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import examples from "@octokit/webhooks-examples";
import { entryOf } from "../../../domain/history";
import { conditionalWrite, transitions } from "../../../domain/lifecycle";
import { dueAfter } from "../../../domain/processing";
import { secretsManager } from "../../../handlers/aws/secretsManager";
import { clearCredentials } from "../../../handlers/credentials";
import { handler as processEvent } from "../../../handlers/process";
import { handler as receive } from "../../../handlers/receive";
import { freshSample } from "../../../local/samples";
import { localSources, type LocalSource } from "../../../local/sources";
import { unitsOf, writesOf } from "../../../tools/cost/model";
import { readWorkload } from "../../../tools/cost/workload";
import { largestInItem } from "../../../domain/payload";
import { apiEvent, capturingOutput, lambdaContext, signedEvent, testSigning } from "../../../testbed/handlers";
import { CountingTable, type Units } from "../../helpers/countingTable";
import { unavailable } from "../../helpers/emulatedDynamodb";

/** Two UUIDs. The name of an execution that is started without one is a single UUID. */
const name = "11111111-2222-3333-4444-555555555555_66666666-7777-8888-9999-aaaaaaaaaaaa";
const me = { S: `${name}#0` };
const userAgent = { "user-agent": "Provider-Webhooks/1.0" };
const sum = (writes: readonly Units[]) =>
  writes.reduce((all, { table, indexes }) => all + table + Object.values(indexes).reduce((some, units) => some + units, 0), 0);

/** GitHub's own examples of about three kilobytes. */
const threeKilobytes = (examples as unknown as { examples: object[] }[])
  .flatMap(({ examples: of }) => of.map((example) => Buffer.from(JSON.stringify(example))))
  .filter(({ length }) => length > 2_800 && length < 3_200);
/** Returns the same event, but no duplicate. */
const another = (body: Buffer) => Buffer.from(String(body).replace("{", "{ "));
/** Samples of about 500 bytes, of every provider that has one. */
const halfKilobytes = localSources.map((source) => [source, freshSample(source)] as const).filter(([, { length }]) => length > 350);

if (unavailable) console.log(`Write units are not counted: ${unavailable}`);
else
  describe("Write units, counted by an emulator", () => {
    const table = new CountingTable();
    let signing: Awaited<ReturnType<typeof testSigning>>;
    before(async () => {
      await table.start();
      signing = await testSigning();
      clearCredentials();
      const secretOf = ({ input: { SecretId } }: GetSecretValueCommand) => signing.secrets[SecretId!.slice("arn:".length) as LocalSource];
      const send = async (command: GetSecretValueCommand) => ({ SecretString: JSON.stringify(secretOf(command)) });
      Object.assign(secretsManager, { send });
    });
    after(() => {
      table.stop();
      Reflect.deleteProperty(secretsManager, "send");
      clearCredentials();
    });

    const moment = () => ({ now: { S: new Date().toISOString() }, nowMs: { N: String(Date.now()) } });
    const lease = () => ({ me, ...moment(), leaseUntil: { N: String(Date.now() + 360_000) } });

    /** Receives an event. @returns its transaction ID */
    async function put(source: LocalSource, body: Buffer): Promise<string> {
      const { body: sent, headers } = signedEvent(source, body, signing.signing);
      const event = apiEvent(source, sent!, { ...(headers as Record<string, string>), ...userAgent });
      const { result } = await capturingOutput(() => receive(event, lambdaContext));
      assert.ok(result.statusCode < 300, result.body);
      return decodeURIComponent(String(result.headers!["X-Transaction-Id"]));
    }

    /** Processes an event and marks it as such. @returns the units of each write */
    async function life(source: LocalSource, body: Buffer): Promise<Units[]> {
      const id = await put(source, body);
      const { result } = await capturingOutput(() => processEvent({ transactionId: id, claim: me.S }, lambdaContext));
      assert.equal(result.outcome, "OWNED");
      await table.make(id, conditionalWrite(transitions.complete, { me, now: moment().now }));
      assert.equal((await table.item(id)).status.S, "PROCESSED");
      return table.writes();
    }

    for (const [source, body] of halfKilobytes)
      it(`are 6 for a ${source} event of ${body.length} bytes, whose item stays within a kilobyte`, async () => {
        assert.deepEqual(await life(source, body), [
          { table: 1, indexes: { open: 1 } },
          { table: 1, indexes: {} },
          { table: 1, indexes: { open: 1, by_time: 1 } },
        ]);
      });

    it("are 6 for an event of 500 bytes with details of its own", async () => {
      const sample = JSON.parse(String(freshSample("stripe"))) as { data: { object: object } };
      const details = { metadata: { order_id: "A-10377", cart: "9f1c27" }, receipt_email: "kim@example.com", payment_method: "pm_1QxT8b" };
      const body = JSON.stringify({ ...sample, data: { object: { ...sample.data.object, ...details, description: "" } } });
      const description = "Two chairs of oak, a table for the garden, a parasol and its heavy stand".slice(0, 500 - body.length);
      const whole = Buffer.from(body.replace('"description":""', `"description":"${description}"`));
      assert.equal(whole.length, 500);
      assert.equal(sum(await life("stripe", whole)), 6);
    });

    it("are at most 9 for an event of three kilobytes", async () => {
      const counted = [];
      for (const body of new Set(threeKilobytes.map(String))) counted.push(sum(await life("github", Buffer.from(body))));
      assert.ok(counted.length > 5 && Math.max(...counted) <= 9, String(counted));
    });

    it("are those of the bill's model", async () => {
      const [[source]] = halfKilobytes;
      for (const [from, body] of [
        [source, freshSample(source)],
        ["github", another(threeKilobytes.find((one) => one.length > 2_950 && one.length < 3_050)!)],
      ] as const) {
        const { put: stored, process: processed, complete } = writesOf(readWorkload(), body.length, largestInItem);
        const counted = await life(from, body);
        assert.deepEqual(
          counted.map((write) => sum([write])),
          [stored, processed, complete].map(unitsOf),
        );
      }
    });

    it("are 7 for an event that fails, and 6 more once an operator has redriven it", async () => {
      const id = await put("stripe", freshSample("stripe"));
      await table.make(id, conditionalWrite(transitions.claim, lease()));
      const { now } = moment();
      const failure = { error: { S: "Unprocessable: too large" }, entry: entryOf("failed", now, { S: "Unprocessable" }) };
      await table.make(id, conditionalWrite(transitions.fail, { me, now, ...failure }));
      assert.deepEqual(table.writes(), [
        { table: 1, indexes: { open: 1 } },
        { table: 1, indexes: {} },
        { table: 1, indexes: { open: 1, by_time: 1, failed: 1 } },
      ]);
      const given = { ...moment(), dueAt: { N: String(dueAfter(new Date())) }, entry: entryOf("redriven", now) };
      await table.make(id, conditionalWrite(transitions.redrive, given));
      assert.deepEqual(table.writes(), [{ table: 1, indexes: { open: 1, by_time: 1, failed: 1 } }]);
    });

    it("are 3 for a requeue, whose entry moves within its shard", async () => {
      const id = await put("stripe", freshSample("stripe"));
      table.writes();
      const later = new Date(Date.now() + 3_600_000).toISOString();
      const dueAt = { N: String(dueAfter(new Date(later))) };
      await table.make(id, conditionalWrite(transitions.requeueStale, { now: { S: later }, staleBefore: { S: later }, dueAt }));
      assert.deepEqual(table.writes(), [{ table: 1, indexes: { open: 2 } }]);
    });
  });
