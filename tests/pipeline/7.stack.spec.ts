import * as assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { LocalPipeline } from "../../local/pipeline";
import { Command, runProgram, type Ended } from "../helpers/commands";
import { eventually } from "../helpers/eventually";
import { temporaryFolder } from "../helpers/script";

/** A configuration of a stack's own, with what a local AWS lacks. */
const stackFile = `config:
  aws:region: eu-central-1
  webhook-pipeline:domain: hooks.example.com
  webhook-pipeline:waf: true
  webhook-pipeline:network: private
  webhook-pipeline:auditTrail: true
  webhook-pipeline:deletionProtection: true
  webhook-pipeline:testEvents: ignore
  webhook-pipeline:alertSubscriptions: [{ protocol: email, endpoint: { secure: AAAB } }]
  webhook-pipeline:logRetentionDays: { secure: AAAB }
  webhook-pipeline:destinations:
    - { name: orders, url: https://orders.example.com/webhooks, kinds: [payment.succeeded], payload: normalized }
    - { name: ledger, type: queue }
  webhook-pipeline:sources:
    - name: billing
      provider: stripe
      events: [payment_intent.*, charge.dispute.*]
      allowedCidrs: [192.30.252.0/22]
    - name: parcels
      provider: custom
      description:
        verify: { scheme: hmac, algorithm: sha512, encoding: base64, signature: { header: X-Parcel }, signed: "{id}.{body}" }
        identity: { header: X-Parcel-Id }
        type: { paths: [data.kind] }
    - name: seals
      provider: custom
      description:
        verify: { scheme: ed25519, key: hex, encoding: hex, signature: { header: X-Seal }, signed: "{body}" }
        identity: { paths: [id] }
`;

describe("start --stack", () => {
  const file = temporaryFolder();
  const environment = () => ({ LOCAL_RUN_FOLDER: file("run") });
  const send = (args: string[], input?: string): Promise<Ended> => runProgram(["send", ...args], environment(), input).ended;
  const json = async (args: string[], input?: string) =>
    JSON.parse((await send([...args, "--json"], input)).stdout.toString()) as Record<string, unknown>[];
  let run: Command;
  let pipeline: LocalPipeline;

  before(async () => {
    copyFileSync("Pulumi.yaml", file("Pulumi.yaml"));
    writeFileSync(file("Pulumi.mine.yaml"), stackFile);
    const start = `cd "${file()}" && exec "${process.execPath}" "${path.resolve("bin/webhook-pipeline.js")}" start --stack mine`;
    run = new Command("bash", ["-c", start], environment());
    await eventually("the run to be ready", async () => run.printed.includes("Ready for more") || undefined, 100_000);
    pipeline = JSON.parse(readFileSync(file("run", "pipeline.json"), "utf8")) as LocalPipeline;
  });
  after(async () => {
    run.child.kill("SIGINT");
    await run.ended;
  });

  it("runs the stack's sources, each by its own name", () => {
    assert.deepEqual(Object.keys(pipeline.urls), ["billing", "parcels", "seals"]);
    assert.equal(pipeline.outputs.tableName, "webhook-events-mine");
    assert.equal(pipeline.region, "eu-central-1");
    const processed = [...run.printed.matchAll(/PROCESSED +(\w+)#/g)].map(([, source]) => source);
    assert.deepEqual(processed.sort(), ["billing", "parcels", "seals"], run.printed);
  });

  it("says in a line each what it leaves out, and who may send besides", () => {
    const notes = run.printed.split("\n").slice(0, 4);
    assert.deepEqual(notes, [
      "Left out, because a local AWS has no such thing: domain, waf, network, auditTrail, alertSubscriptions.",
      "Left at their defaults, because their values are encrypted: logRetentionDays.",
      "Besides allowedCidrs, this machine (127.0.0.1/32) may send to: billing.",
      "Shown and not posted, unless you add --deliver: what goes to orders (https://orders.example.com/webhooks).",
    ]);
  });

  it("shows what it would post to the stack's destinations, and posts it to none", async () => {
    const line =
      /^ {2}NOT POSTED billing#evt_\w+ {2}payment\.succeeded, \d+ bytes for orders at https:\/\/orders\.example\.com\/webhooks$/m;
    await eventually("the delivery to be shown", async () => line.test(run.printed) || undefined);
    assert.equal(run.printed.match(/NOT POSTED/g)!.length, 1);
    assert.deepEqual(Object.keys(pipeline.destinations), ["orders"]);
    assert.match(pipeline.destinations.orders.url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{24}\/orders$/);
  });

  describe("send", () => {
    it("says that an event is stored, or when its duplicate was received", async () => {
      const body = JSON.stringify({ id: "evt_twice", type: "payment_intent.created", livemode: true });
      const first = await send(["billing", "-"], body);
      assert.match(first.stdout.toString(), /^202, stored as billing#evt_twice \(\d+ ms\)\n$/, first.stderr);
      const second = await send(["billing", "-"], body);
      assert.match(second.stdout.toString(), /^202, duplicate of billing#evt_twice: already received at 20\d\d-\S+Z\n$/);
      assert.deepEqual([first.code, second.code], [0, 0]);
    });

    it("says that an event is acknowledged, but not stored", async () => {
      const { code, stdout } = await send(["billing", "--type", "invoice.paid"]);
      assert.equal(code, 0);
      assert.equal(stdout.toString(), "202, acknowledged but not stored: the event filter or testEvents of billing leaves it out\n");
    });

    it("names the field that a body lacks", async () => {
      const { code, stdout } = await send(["billing", "-"], '{"type":"x"}');
      assert.equal(code, 1);
      assert.equal(stdout.toString(), "400, refused: The body is not an event of this source. Missing in the body: id.\n");
    });

    it("signs with another secret, and the run says which check failed, without a payload", async () => {
      const { code, stdout, stderr } = await send(["parcels", "--bad-signature"]);
      assert.deepEqual([code, stdout.toString()], [0, "401, refused: The signature could not be verified.\n"]);
      assert.match(stderr, /^The run's terminal and the page Sources of the console name the check that failed\.\n$/);
      const refused = "  REFUSED    parcels  401 The signature could not be verified. Check: mismatch, from 127.0.0.1.\n";
      await eventually("the refusal to be shown", async () => run.printed.includes(refused) || undefined);
      assert.equal(run.printed.split(refused).length, 2, "once");
    });

    it("sends a request that the provider has signed, byte for byte and unsigned by itself", async () => {
      const body = '{ "data": { "kind": "box" } }';
      const signature = createHmac("sha512", (pipeline.signing.parcels as { secret: string }).secret)
        .update(`captured-1.${body}`)
        .digest("base64");
      const headers = (id: string) => ["--header", `X-Parcel: ${signature}`, "--header", `X-Parcel-Id: ${id}`];
      assert.match((await send(["parcels", "-", ...headers("captured-1")], body)).stdout.toString(), /^202, stored as parcels#captured-1 /);
      const { code, stdout } = await send(["parcels", "-", ...headers("captured-2")], body);
      assert.deepEqual([code, stdout.toString()], [1, "401, refused: The signature could not be verified.\n"]);
    });

    it("sends a request that only the provider can sign, whose public key is stored", async () => {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const secret = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
      const set = await runProgram(["secrets", "set", "seals", "--replace", "--yes"], environment(), JSON.stringify({ secret })).ended;
      assert.equal(set.code, 0, set.stderr);
      const body = '{"id":"captured"}';
      const signature = sign(null, Buffer.from(body), privateKey).toString("hex");
      const sent = await send(["seals", "-", "--header", `X-Seal: ${signature}`], body);
      assert.match(sent.stdout.toString(), /^202, stored as seals#captured /, sent.stderr);
      assert.match((await send(["seals"])).stderr, /^The secret of seals is a public key, and only its owner can sign for it\. .+\n$/);
    });

    it("sends several events, each with an ID of its own", async () => {
      const sent = await json(["parcels", "--count", "3"]);
      assert.equal(new Set(sent.map(({ transactionId }) => transactionId)).size, 3);
      assert.deepEqual(new Set(sent.map(({ outcome }) => outcome)), new Set(["stored"]));
      const { stdout } = await send(["parcels", "--count", "3"]);
      assert.match(stdout.toString(), /^3 events sent in \d+\.\d s: 3 stored \(202\)\.\n$/);
      const refused = await send(["parcels", "--count", "3", "--bad-signature"]);
      assert.match(
        refused.stdout.toString(),
        /^3 events sent in \d+\.\d s: 3 refused \(401\)\.\n401, refused: The signature could not be verified\.\n$/,
      );
    });

    it("makes an event fail for real, and a redrive puts it right", async () => {
      const other = json(["parcels"]);
      const [{ transactionId, error }] = await json(["billing", "--fail"]);
      assert.match(String(error), /not authorized to perform: s3:GetObject/);
      const id = String(transactionId);
      const redriven = await runProgram(["events", "redrive", id], environment()).ended;
      assert.equal(redriven.code, 0, redriven.stderr);
      const isProcessed = (one: unknown) => run.printed.includes(`PROCESSED  ${String(one)} `);
      await eventually("the event to be PROCESSED", async () => isProcessed(id) || undefined, 60_000);
      assert.ok(run.printed.includes(`FAILED     ${id} `));
      const [{ transactionId: unharmed }] = await other;
      await eventually("another event to be PROCESSED", async () => isProcessed(unharmed) || undefined, 60_000);
      assert.ok(!run.printed.includes(`FAILED     ${String(unharmed)} `), "no other event fails");
    });

    for (const [what, args, code, message] of [
      ["an unknown source", ["nobody"], 2, /^Unknown source "nobody"\. Sources of this run: billing, parcels, seals\.\n$/],
      ["a file that is not there", ["billing", "nothing.json"], 3, /^There is no file nothing\.json\. .+\n$/],
      ["a folder", ["billing", "."], 2, /^The file \. cannot be read \(EISDIR\)\.\n$/],
      ["--header without a file", ["billing", "--header", "a: b"], 2, /^--header sends a body that the provider has signed\. .+\n$/],
      ["a header without a value", ["billing", "-", "--header", "a"], 2, /^--header is "a"\. Allowed: a name and a value, .+\n$/],
      ["--header beside --type", ["billing", "-", "--header", "a: b", "--type", "c"], 2, /^Option .+ cannot be used with .+\n$/],
      ["--fail with a file", ["billing", "package.json", "--fail"], 2, /^--fail sends the source's sample\. Leave the file out\.\n$/],
      [
        "--type with a body that says it",
        ["billing", "package.json", "--type", "a"],
        2,
        /^An event of billing says its type in the body\. .+\n$/,
      ],
      ["--fail beside --bad-signature", ["billing", "--fail", "--bad-signature"], 2, /^Option .+ cannot be used with .+\n$/],
    ] as const)
      it(`refuses ${what}`, async () => {
        const ended = await send([...args]);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stderr, message);
      });
  });
});
