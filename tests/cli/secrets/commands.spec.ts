import * as assert from "node:assert/strict";
import { descriptionOf } from "../../../domain/catalog";
import { slotOf } from "../../../domain/handshakes";
import { runProgram } from "../../helpers/commands";
import { temporaryFolder } from "../../helpers/script";
import { startSecretsAt } from "../../helpers/secretsAt";
import type { StackAt } from "../../helpers/stackAt";
import { runOnTerminal } from "../../helpers/terminal";

const [first, second] = ["whsec_Zmlyc3Qgb2YgdHdvIHNlY3JldHM=", "whsec_c2Vjb25kIG9mIHR3byBzZWNyZXRz"];

/** The commands on the stack dev: Pulumi prints the outputs that a deployment has, and a server keeps the secrets as Secrets Manager does. */
describe("npx webhook-pipeline secrets", () => {
  const at = temporaryFolder();
  const values = new Map<string, string>();
  const items = new Map<string, object>();
  let stack: StackAt;
  let environment: Record<string, string>;

  before(async () => {
    const outputs = {
      sources: {
        stripe: { provider: "stripe" },
        "payments-eu": { provider: "stripe" },
        notes: { provider: "notion", description: descriptionOf("notion") },
      },
      secretArns: { stripe: "arn:stripe", "payments-eu": "arn:payments-eu", notes: "arn:notes" },
      webhookUrls: Object.fromEntries(["stripe", "payments-eu", "notes"].map((name) => [name, `https://example.com/webhook/${name}`])),
    };
    stack = await startSecretsAt(at, outputs, values, items);
    environment = stack.environment;
  });
  beforeEach(() => [values, items].forEach((one) => one.clear()));
  after(() => stack.stop());

  const secrets = async (args: string[], input?: string) => {
    const { code, stdout, stderr } = await runProgram(["secrets", ...args, "--stack", "dev"], environment, input).ended;
    return { code, stdout: stdout.toString(), stderr };
  };
  const onTerminal = (args: string[], ...answers: [string, string][]) =>
    runOnTerminal(["secrets", ...args, "--stack", "dev"], answers, environment);

  it("list names the stack, aligns, and prints no secret", async () => {
    values.set("arn:stripe", JSON.stringify({ secret: first }));
    const { code, stdout, stderr } = await secrets(["list"]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "Secrets of the stack dev:\n");
    assert.equal(
      stdout,
      "stripe       one secret                   since 2026-01-31T12:00:00.000Z\npayments-eu  no secret yet\nnotes        no secret yet\n",
    );
    const json = await secrets(["list", "--json"]);
    assert.deepEqual((JSON.parse(json.stdout) as object[])[0], {
      source: "stripe",
      provider: "stripe",
      secrets: 1,
      since: "2026-01-31T12:00:00.000Z",
      usable: true,
      url: "https://example.com/webhook/stripe",
    });
    assert.equal(json.stderr, "");
  });

  for (const [command, stored] of [
    ["set", undefined],
    ["rotate", JSON.stringify({ secret: second })],
    ["finish", JSON.stringify([{ secret: first }, { secret: second }])],
  ] as const) {
    const given = () => (stored === undefined ? undefined : values.set("arn:stripe", stored));
    const typed: [string, string][] = command === "finish" ? [] : [["Signing secret", `${first}\r`]];

    it(`${command} asks, and changes nothing without a yes`, async () => {
      given();
      const { status, shown } = await onTerminal([command, "stripe"], ...typed, ["(yes/no)", "no\r"]);
      assert.equal(status, 1, shown);
      assert.match(shown, /secret of stripe in the stack dev[^?]*\? \(yes\/no\)/);
      assert.match(shown, /Nothing was changed\./);
      assert.ok(!shown.includes(first), "the secret is not echoed");
      assert.equal(values.get("arn:stripe"), stored);
    });

    it(`${command} without a terminal needs --yes`, async () => {
      given();
      const refused = await secrets([command, "stripe"], first);
      assert.deepEqual([refused.code, refused.stdout], [1, ""]);
      assert.match(refused.stderr, /^[A-Z].+ in the stack dev.*\? Nobody can be asked here: give --yes\.\n$/);
      assert.equal(values.get("arn:stripe"), stored);
      const { code, stdout, stderr } = await secrets([command, "stripe", "--yes", "--json"], first);
      assert.equal(code, 0, stderr);
      assert.equal((JSON.parse(stdout) as { source: string }).source, "stripe");
      assert.ok(values.get("arn:stripe")!.includes(first));
    });
  }

  it("set stores a secret after a yes, without an echo of it", async () => {
    const { status, shown } = await onTerminal(["set", "stripe"], ["Signing secret", `${first}\r`], ["(yes/no)", "yes\r"]);
    assert.equal(status, 0, shown);
    assert.ok(!shown.includes(first));
    assert.deepEqual(JSON.parse(values.get("arn:stripe")!), { secret: first });
  });

  it("set changes nothing after Ctrl-C, and ends with 130", async () => {
    const { status, shown } = await onTerminal(["set", "stripe"], ["Signing secret", "\x03"]);
    assert.equal(status, 130, shown);
    assert.match(shown, /Stopped\. Nothing was changed\./);
    assert.equal(values.size, 0);
  });

  it("set refuses a source that the stack does not have, with exit code 2 and the list", async () => {
    const { code, stdout, stderr } = await secrets(["set", "strip", "--yes", "--json"], first);
    assert.deepEqual([code, stderr], [2, 'Unknown source "strip". Sources: stripe, payments-eu, notes.\n']);
    assert.deepEqual(JSON.parse(stdout), { error: stderr.trimEnd(), code: 2 });
  });

  it("ends with a sentence where Pulumi is missing, or the stack does not exist", async () => {
    const without = await runProgram(["secrets", "list", "--stack", "dev"], { ...environment, PATH: "" }).ended;
    assert.equal(without.code, 1);
    assert.match(without.stderr, /^[A-Z].+ pulumi .+\n$/);
    const unknown = await runProgram(["secrets", "list", "--stack", "nowhere"], environment).ended;
    assert.deepEqual([unknown.code, unknown.stderr], [3, "No Pulumi.nowhere.yaml here. Stacks: dev, prod.\n"]);
  });

  describe("with a token that the source has posted", () => {
    const wait = (token: string, receivedAt: string, expiresAt = Date.now() / 1_000 + 60) => {
      const key = `#handshake#notes#${slotOf(token)}`;
      const item = { transaction_id: { S: key }, handshake_token: { S: token }, received_at: { S: receivedAt } };
      items.set(key, { ...item, expires_at: { N: String(Math.floor(expiresAt)) } });
    };

    it("list says that one waits, without showing it, and handshake shows it", async () => {
      wait("secret_1", "2026-01-31T12:00:00.000Z");
      const { stdout } = await secrets(["list"]);
      assert.match(stdout, /^notes +no secret yet +a token waits: see "secrets handshake notes"$/m);
      assert.ok(!stdout.includes("secret_1"));
      assert.equal((JSON.parse((await secrets(["list", "--json"])).stdout) as { waitingTokens?: number }[])[2].waitingTokens, 1);
      const shown = await secrets(["handshake", "notes"]);
      assert.deepEqual([shown.code, shown.stdout], [0, "2026-01-31T12:00:00.000Z  secret_1\n"]);
      assert.match(shown.stderr, /^Anyone who knows the URL can post a token\. .+ secrets set notes --from-handshake --stack dev\n$/);
    });

    it("set --from-handshake stores it after a yes, and removes it", async () => {
      wait("secret_1", "2026-01-31T12:00:00.000Z");
      const refused = await onTerminal(["set", "notes", "--from-handshake"], ["(yes/no)", "no\r"]);
      assert.equal(refused.status, 1, refused.shown);
      assert.match(refused.shown, /Has the provider accepted the token that "secrets handshake notes" shows\?/);
      assert.deepEqual([values.size, items.size], [0, 1]);
      const { code, stderr } = await secrets(["set", "notes", "--from-handshake", "--yes"]);
      assert.equal(code, 0, stderr);
      assert.deepEqual([values.get("arn:notes"), items.size], ['{"secret":"secret_1"}', 0]);
    });

    it("set --from-handshake does not choose among several, of which some may be a stranger's", async () => {
      wait("secret_old", "2026-01-31T11:00:00.000Z");
      wait("secret_new", "2026-01-31T12:00:00.000Z");
      const { code, stderr } = await secrets(["set", "notes", "--from-handshake", "--yes"]);
      assert.equal(code, 1);
      assert.match(stderr, /^2 tokens of notes wait, and strangers may have posted some\. See them with "secrets handshake notes", /);
      const shown = JSON.parse((await secrets(["handshake", "notes", "--json"])).stdout) as { token: string }[];
      assert.deepEqual(
        shown.map(({ token }) => token),
        ["secret_new", "secret_old"],
      );
      assert.equal(values.size, 0);
    });

    it("handshake passes over an expired one, and refuses sources whose provider posts none", async () => {
      wait("secret_1", "2026-01-31T12:00:00.000Z", Date.now() / 1_000 - 1);
      const { code, stderr } = await secrets(["handshake", "notes"]);
      assert.equal(code, 1);
      assert.match(stderr, /^No token of notes waits\. Register https:\/\/example\.com\/webhook\/notes at the provider\./);
      const other = await secrets(["set", "stripe", "--from-handshake", "--yes"]);
      assert.deepEqual([other.code, other.stderr], [1, 'The provider of stripe posts no token. Run "secrets set stripe" instead.\n']);
    });

    it("set --from-handshake leaves a secret that the source has", async () => {
      values.set("arn:notes", '{"secret":"secret_0"}');
      wait("secret_1", "2026-01-31T12:00:00.000Z");
      const { code, stderr } = await secrets(["set", "notes", "--from-handshake", "--yes"]);
      assert.equal(code, 1);
      assert.match(stderr, /^notes has a secret already\./);
      assert.equal(values.get("arn:notes"), '{"secret":"secret_0"}');
    });
  });
});
