import * as assert from "node:assert/strict";
import { runProgram } from "../helpers/commands";
import { temporaryFolder } from "../helpers/script";
import { startStackAt, type StackAt } from "../helpers/stackAt";
import { runOnTerminal } from "../helpers/terminal";

const [first, second] = ["whsec_Zmlyc3Qgb2YgdHdvIHNlY3JldHM=", "whsec_c2Vjb25kIG9mIHR3byBzZWNyZXRz"];

/** The commands on the stack dev: Pulumi prints the outputs that a deployment has, and a server keeps the secrets as Secrets Manager does. */
describe("npx webhook-pipeline secrets", () => {
  const at = temporaryFolder();
  const values = new Map<string, string>();
  let stack: StackAt;
  let environment: Record<string, string>;

  before(async () => {
    const outputs = {
      tableName: "webhook-events-dev",
      sources: { stripe: { provider: "stripe" }, "payments-eu": { provider: "stripe" } },
      secretArns: { stripe: "arn:stripe", "payments-eu": "arn:payments-eu" },
      webhookUrls: { stripe: "https://example.com/webhook/stripe", "payments-eu": "https://example.com/webhook/payments-eu" },
    };
    stack = await startStackAt(at, `echo '${JSON.stringify(outputs)}'`, (body, response) => {
      const { SecretId, SecretString } = JSON.parse(body) as { SecretId: string; SecretString?: string };
      if (SecretString !== undefined) values.set(SecretId, SecretString);
      const value = values.get(SecretId);
      response.writeHead(value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      const stored = { SecretString: value, CreatedDate: 1_769_860_800 };
      response.end(JSON.stringify(value === undefined ? { __type: "ResourceNotFoundException" } : stored));
    });
    environment = stack.environment;
  });
  beforeEach(() => values.clear());
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
    assert.equal(stdout, "stripe       one secret                   since 2026-01-31T12:00:00.000Z\npayments-eu  no secret yet\n");
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
    assert.deepEqual([code, stderr], [2, 'Unknown source "strip". Sources: stripe, payments-eu.\n']);
    assert.deepEqual(JSON.parse(stdout), { error: stderr.trimEnd(), code: 2 });
  });

  it("ends with a sentence where Pulumi is missing, or the stack does not exist", async () => {
    const without = await runProgram(["secrets", "list", "--stack", "dev"], { ...environment, PATH: "" }).ended;
    assert.equal(without.code, 1);
    assert.match(without.stderr, /^[A-Z].+ pulumi .+\n$/);
    const unknown = await runProgram(["secrets", "list", "--stack", "nowhere"], environment).ended;
    assert.deepEqual([unknown.code, unknown.stderr], [3, "No Pulumi.nowhere.yaml here. Stacks: dev, prod.\n"]);
  });
});
