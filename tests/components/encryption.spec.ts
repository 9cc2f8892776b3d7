import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { delivering, guarded, program, statementsOf, type Program, type Statement } from "../../testbed/program";

describe("Encryption", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const policyOf = (key: string): Statement[] => statementsOf(dev.one(Type.key, key).inputs.policy);
  const services = (statements: Statement[]) =>
    statements.map(({ Principal }) => (Principal as { Service?: string }).Service).filter(Boolean);

  for (const key of ["environment", "logs", "data"]) {
    it(`keeps the ${key} key for a week after deletion, for a month in a protected stack`, async () => {
      assert.equal(dev.one(Type.key, key).inputs.deletionWindowInDays, 7);
      assert.equal((await program(guarded)).one(Type.key, key).inputs.deletionWindowInDays, 30);
    });

    it(`rotates the ${key} key`, () => assert.equal(dev.one(Type.key, key).inputs.enableKeyRotation, true));

    it(`delegates the ${key} key to the account's IAM`, () => {
      const [first] = policyOf(key);
      assert.deepEqual(first.Principal, { AWS: "arn:aws:iam::123456789012:root" });
      assert.equal(first.Action, "kms:*");
    });

    it(`gives the ${key} key an alias with the suffix`, () => {
      const alias = dev.one(Type.alias, key).inputs;
      assert.equal(alias.name, `alias/webhook-${key}-dev`);
      assert.deepEqual(dev.one(Type.alias, key).propertyDependencies.targetKeyId, [dev.one(Type.key, key).urn]);
    });
  }

  it("names no service principal in the environment key's policy", () => {
    assert.deepEqual(services(policyOf("environment")), []);
    assert.equal(policyOf("environment").length, 1);
  });

  it("lets CloudWatch Logs of the region use the logs key", () => {
    const statement = policyOf("logs").find(({ Sid }) => Sid === "LetCloudWatchLogsEncrypt")!;
    assert.deepEqual(statement.Principal, { Service: "logs.eu-central-1.amazonaws.com" });
    assert.equal(statement.Effect, "Allow");
    assert.deepEqual([statement.Action].flat().sort(), [
      "kms:Decrypt*",
      "kms:Describe*",
      "kms:Encrypt*",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]);
  });

  it("limits CloudWatch Logs to the stack's own log groups by the encryption context", () => {
    const { Condition } = policyOf("logs").find(({ Sid }) => Sid === "LetCloudWatchLogsEncrypt")!;
    const patterns = Condition!.ArnLike["kms:EncryptionContext:aws:logs:arn"] as string[];
    const arns = dev.all(Type.logGroup).map(({ inputs }) => `arn:aws:logs:eu-central-1:123456789012:log-group:${inputs.name as string}`);
    const matches = (pattern: string, arn: string) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(arn);
    for (const arn of arns)
      assert.ok(
        patterns.some((pattern) => matches(pattern, arn)),
        `${arn} is not covered`,
      );
    for (const pattern of patterns)
      assert.ok(
        arns.some((arn) => matches(pattern, arn)),
        `${pattern} covers no log group`,
      );
    assert.ok(!patterns.some((pattern) => matches(pattern, "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/other-dev")));
  });

  it("lets alarms of this account publish to topics encrypted with the data key", () => {
    const statement = policyOf("data").find(({ Sid }) => Sid === "LetAlarmsPublish")!;
    assert.deepEqual(statement.Principal, { Service: "cloudwatch.amazonaws.com" });
    assert.deepEqual(statement.Action, ["kms:Decrypt", "kms:GenerateDataKey*"]);
    assert.deepEqual(statement.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  describe("of a stack with destinations", () => {
    let stack: Program;
    before(async () => (stack = await program(delivering)));
    const data = (sid: string) => statementsOf(stack.one(Type.key, "data").inputs.policy).find(({ Sid }) => Sid === sid);

    it("lets EventBridge send to the encrypted queues, for rules of this account", () => {
      assert.deepEqual(data("LetRulesSend"), {
        Sid: "LetRulesSend",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      });
    });

    it("lets the consumers of queues decrypt what SQS gives them, and nothing else", async () => {
      const consumers = ["arn:aws:iam::123456789012:role/ledger"];
      const Condition = { StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" } };
      const decrypt = { Effect: "Allow", Principal: { AWS: consumers }, Action: ["kms:Decrypt"], Resource: "*", Condition };
      assert.deepEqual(data("LetConsumersRead"), { Sid: "LetConsumersRead", ...decrypt });
      const unread = await program({ destinations: [{ name: "ledger", type: "queue" }] });
      assert.ok(!String(unread.one(Type.key, "data").inputs.policy).includes("LetConsumersRead"));
    });

    it("lets the function that posts write its log, only if there is one", async () => {
      const group = "log-group:/aws/lambda/webhook-deliver-dev";
      assert.ok(String(stack.one(Type.key, "logs").inputs.policy).includes(group));
      assert.ok(!String((await program()).one(Type.key, "logs").inputs.policy).includes(group));
    });
  });
});
