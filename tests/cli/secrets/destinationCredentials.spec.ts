import * as assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { runProgram } from "../../helpers/commands";
import { temporaryFolder } from "../../helpers/script";
import { startSecretsAt } from "../../helpers/secretsAt";
import type { StackAt } from "../../helpers/stackAt";
import { runOnTerminal } from "../../helpers/terminal";

const [first, second] = ["whsec_Zmlyc3Qgb2YgdHdvIHNlY3JldHM=", "whsec_c2Vjb25kIG9mIHR3byBzZWNyZXRz"];

/** A stack in which a source and a destination are named orders. */
const outputs = {
  sources: { orders: { provider: "stripe" } },
  secretArns: { orders: "arn:source" },
  webhookUrls: { orders: "https://example.com/webhook/orders" },
  destinations: {
    orders: { type: "https", url: "https://orders.example.com/", auth: "none", secretArn: "arn:orders" },
    ledger: { type: "https", url: "https://ledger.example.com/", auth: "basic", secretArn: "arn:ledger" },
    audit: { type: "queue" },
  },
};

describe("npx webhook-pipeline secrets of destinations", () => {
  const at = temporaryFolder();
  const values = new Map<string, string>();
  let stack: StackAt;
  before(async () => (stack = await startSecretsAt(at, outputs, values)));
  beforeEach(() => values.clear());
  after(() => stack.stop());

  const secrets = async (args: string[], input?: string) => {
    const { code, stdout, stderr } = await runProgram(["secrets", ...args, "--stack", "dev"], stack.environment, input).ended;
    return { code, stdout: stdout.toString(), stderr };
  };
  const onTerminal = (args: string[], ...answers: [string, string][]) =>
    runOnTerminal(["secrets", ...args, "--stack", "dev"], answers, stack.environment);
  const stored = (arn: string) => JSON.parse(values.get(arn)!) as Record<string, string>;

  it("list names them as the other commands take them, but no queue, which has none", async () => {
    values.set(
      "arn:ledger",
      JSON.stringify([
        { secret: first, username: "u", password: "p" },
        { secret: second, username: "u", password: "p" },
      ]),
    );
    const { code, stdout } = await secrets(["list"]);
    assert.deepEqual([code, stdout.split("\n").map((line) => line.split(" ")[0])], [0, ["orders", "to-orders", "to-ledger", ""]]);
    assert.match(stdout, /^to-ledger +two secrets, being rotated +since 2026-01-31T12:00:00\.000Z$/m);
    const [, , ledger] = JSON.parse((await secrets(["list", "--json"])).stdout) as object[];
    assert.deepEqual(ledger, {
      destination: "to-ledger",
      auth: "basic",
      secrets: 2,
      since: "2026-01-31T12:00:00.000Z",
      usable: true,
      url: "https://ledger.example.com/",
    });
  });

  it("set stores that of the source and that of the destination of one name, each under its own", async () => {
    assert.equal((await secrets(["set", "orders", "--yes"], first)).code, 0);
    assert.equal((await secrets(["set", "to-orders", "--yes"], second)).code, 0);
    assert.deepEqual([stored("arn:source"), stored("arn:orders")], [{ secret: first }, { secret: second }]);
  });

  it("set tells what a destination's secret is called", async () => {
    const { code, stderr } = await secrets(["set", "ledger", "--yes"], first);
    assert.deepEqual(
      [code, stderr],
      [
        2,
        'Unknown source "ledger". The secret of the destination ledger is to-ledger. Sources: orders. Destinations: to-orders, to-ledger.\n',
      ],
    );
  });

  it("set makes one of nothing at the prompt, and shows it once", async () => {
    const { status, shown } = await onTerminal(["set", "to-orders"], ["nothing to make one", "\r"], ["(yes/no)", "yes\r"]);
    assert.equal(status, 0, shown);
    const { secret } = stored("arn:orders");
    assert.ok(shown.includes(secret) && shown.split(secret).length === 2, shown);
    assert.match(shown, /Give https:\/\/orders\.example\.com\/ the same secret\./);
  });

  it("set --generate prints it alone on standard output, for another program: one that a receiver's library takes", async () => {
    const { code, stdout, stderr } = await secrets(["set", "to-orders", "--generate", "--yes"]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${stored("arn:orders").secret}\n`);
    assert.match(stderr, /It is not shown again:\n$/);
    const signature = new Webhook(stdout.trim()).sign("msg_1", new Date(), "{}");
    assert.match(signature, /^v1,/);
    assert.ok(Buffer.from(stdout.trim().slice("whsec_".length), "base64").length >= 24);
  });

  it("set asks for what auth needs, echoes no password, and shows no secret that was given", async () => {
    const { status, shown } = await onTerminal(
      ["set", "to-ledger", "--yes"],
      ["Signing secret", `${first}\r`],
      ["User name", "pipeline\r"],
      ["Password", "hidden-word\r"],
    );
    assert.equal(status, 0, shown);
    assert.deepEqual(stored("arn:ledger"), { secret: first, username: "pipeline", password: "hidden-word" });
    assert.ok(!shown.includes(first) && !shown.includes("hidden-word"), shown);
  });

  it("set refuses what deliver could not use, with the form that it could", async () => {
    for (const [name, input, problem] of [
      [
        "to-orders",
        "no-secret",
        /^This is not a secret of a destination\. Allowed: \{"secret": "whsec_…"\} with base64 of at least 16 bytes after whsec_\.\n$/,
      ],
      ["to-orders", '{"secret":"whsec_c2hvcnQ="}', /^This is not a secret of a destination\..* at least 16 bytes after whsec_\.\n$/],
      [
        "to-ledger",
        first,
        /^Standard input is not a secret of a destination\. Allowed: \{"secret": "whsec_…", "username": "…", "password": "…"\} with/,
      ],
      ["to-ledger", JSON.stringify({ secret: first }), /^This is not a secret of a destination\./],
      ["to-orders", "", /^Standard input has no secret for to-orders\. Give \{"secret": "whsec_…"\}, or --generate to make one\.\n$/],
      [
        "to-ledger",
        '{"username":"u","password":"p"}',
        /^Standard input has no secret for to-ledger\. Give .+, or --generate to make one\.\n$/,
      ],
      ["to-orders", JSON.stringify({ secret: first, key: "x" }), /^Unknown field "key" in a secret of a destination\./],
    ] as const) {
      const { code, stderr } = await secrets(["set", name, "--yes"], input);
      assert.equal(code, 1, `${name} ${input}`);
      assert.match(stderr, problem);
    }
    assert.equal(values.size, 0);
  });

  it("set --generate takes the values of auth from standard input", async () => {
    const { code, stdout } = await secrets(["set", "to-ledger", "--generate", "--yes", "--json"], '{"username":"u","password":"p"}');
    assert.equal(code, 0);
    const { secret } = stored("arn:ledger");
    assert.deepEqual(JSON.parse(stdout), { destination: "to-ledger", secrets: 1, url: "https://ledger.example.com/", secret });
  });

  it("set --generate makes none for a source, whose provider has its own", async () => {
    const { code, stderr } = await secrets(["set", "orders", "--generate", "--yes"]);
    assert.equal(code, 2);
    assert.match(stderr, /^--generate makes the secret of a destination, but orders is a source\./);
  });

  it("rotate keeps the old one beside the new until finish", async () => {
    values.set("arn:orders", JSON.stringify({ secret: first }));
    const rotated = await secrets(["rotate", "to-orders", "--generate", "--yes"]);
    assert.equal(rotated.code, 0, rotated.stderr);
    const made = rotated.stdout.trim();
    assert.deepEqual(JSON.parse(values.get("arn:orders")!), [{ secret: made }, { secret: first }]);
    assert.match(rotated.stderr, /a delivery carries both signatures .+ run: npx webhook-pipeline secrets finish to-orders --stack dev\n/);
    const finished = await secrets(["finish", "to-orders", "--yes"]);
    assert.match(finished.stdout, /^Removed the old secret of to-orders .+ its signature for up to five more minutes\.\n$/);
    assert.deepEqual(stored("arn:orders"), { secret: made });
  });
});
