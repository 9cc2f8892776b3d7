import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { expressionProblems } from "../../../preflight/jsonata";
import { definitionRules } from "../../../preflight/rules/definitions";
import { taskRules } from "../../../preflight/rules/tasks";
import { other, own, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

type Json = Record<string, unknown>;
interface State extends Json {
  Arguments: Json;
  Retry: { ErrorEquals: string[] }[];
  Catch: { ErrorEquals: string[] }[];
}
type States = Record<string, State>;

/** Plants a violation in the states of this program's workflow. */
const inStates = (change: (states: States) => void, ...also: string[]): PlantedViolation =>
  own(
    (broken) =>
      broken.edit(Type.stateMachine, "workflow", "definition", (document) => {
        const { ForEachEvent } = document.States as Record<string, { ItemProcessor: { States: States } }>;
        change(ForEachEvent.ItemProcessor.States);
      }),
    ...also,
  );
/** Plants a violation in the states of the other program's workflow, which is STANDARD and uses JSONPath. */
const inOther = (change: (states: States) => void, ...also: string[]): PlantedViolation =>
  other(
    (broken) =>
      broken.edit(Type.stateMachine, "flow", "definition", (document) => {
        const { Each } = document.States as Record<string, { ItemProcessor: { States: States } }>;
        change(Each.ItemProcessor.States);
      }),
    ...also,
  );
const machine = (path: string, value: unknown, ...also: string[]): PlantedViolation =>
  other((broken) => broken.set(Type.stateMachine, path, value), ...also);

describe("Rules for definitions", () =>
  specifyRules(definitionRules, {
    "state-machine-definition": [
      inStates(({ Claim }) => (Claim.Next = "Nowhere")),
      inStates(({ Claim }) => (Claim.Type = "Job")),
      inStates(({ Claim }) => (Claim.InputPath = "$")),
      machine("definition", "{no JSON"),
    ],
    "state-machine-expression": [
      inStates(({ Claim }) => (Claim.Assign = { transactionId: "{% $states.input.transactionId %}", claim: "{% $states.put %}" })),
      inStates(({ Process }) => (Process.Output = "{% $states.result.Payload %} and more"), "state-machine-definition"),
      inStates(({ DeadLetter }) => ((DeadLetter.Arguments.MessageBody as Json).error = "{% $mistake %}")),
    ],
    "state-machine-path-as-text": inOther(
      ({ Read }) => ((Read.Parameters as Json).Key = { customer: { S: "$.id" }, order: { "S.$": "$.id" } }),
    ),
    "state-machine-express": [
      other((broken) => [broken.set(Type.stateMachine, "type", "EXPRESS"), broken.one(Type.stateMachine)]),
      own((broken) => [
        broken.set(Type.stateMachine, "type", "EXPRESS"),
        broken.edit(Type.stateMachine, "workflow", "definition", (document) => {
          (document.States as Record<string, { ItemProcessor: Json }>).ForEachEvent.ItemProcessor.ProcessorConfig = {
            Mode: "DISTRIBUTED",
            ExecutionType: "EXPRESS",
          };
        }),
      ]),
    ],
    "state-machine-express-timeout": own((broken) => [
      broken.set(Type.stateMachine, "type", "EXPRESS"),
      broken.edit(Type.stateMachine, "workflow", "definition", (document) => (document.TimeoutSeconds = 301)),
    ]),
    "state-machine-catch-all": [
      inStates(({ Publish }) => Publish.Retry.unshift({ ErrorEquals: ["States.ALL"] })),
      inStates(({ Process }) => Process.Catch.at(-1)!.ErrorEquals.push("LeaseLost")),
    ],
    "state-machine-error-name": [
      inStates(({ Publish }) => (Publish.Retry[0].ErrorEquals = [])),
      inStates(({ Publish }) => (Publish.Retry[0].ErrorEquals = ["States.TimedOut"])),
    ],
    "state-machine-log-destination": [
      other((broken) =>
        broken.set(Type.stateMachine, "loggingConfiguration.logDestination", broken.one(Type.logGroup, "shop").outputs.arn),
      ),
      machine("loggingConfiguration.logDestination", undefined),
    ],
    "state-machine-log-group-prefix": machine(
      "loggingConfiguration.logDestination",
      "arn:aws:logs:eu-central-1:123456789012:log-group:/shop:*",
    ),
  }));

describe("Rules for tasks", () =>
  specifyRules(taskRules, {
    "state-machine-resource": [
      inStates(({ Publish }) => (Publish.Resource = "arn:aws:states:::events:putEvent")),
      inStates(({ Process }) => (Process.Resource = "arn:aws:states:::lambda:invoke.wait")),
      inStates(({ Process }) => (Process.Resource = "arn:aws:sqs:::invoke")),
    ],
    "state-machine-arguments": [
      inStates(({ Claim }) => (Claim.Arguments.Condition = "x")),
      inStates(({ Publish }) => (Publish.Arguments = {})),
      inStates(({ DeadLetter }) => {
        DeadLetter.Resource = "arn:aws:states:::sns:publish";
        DeadLetter.Arguments = { Message: "x" };
      }),
    ],
    "state-machine-dynamodb-expression": [
      inStates(({ Claim }) => (Claim.Arguments.ConditionExpression = "#state = :received OR #status = :received")),
      inStates(({ Claim }) => ((Claim.Arguments.ExpressionAttributeValues as Json)[":more"] = { S: "x" })),
      inStates(({ Claim }) => ((Claim.Arguments.ExpressionAttributeValues as Json)[":one"] = { N: "1", S: "1" })),
      inStates(({ Claim }) => ((Claim.Arguments.ExpressionAttributeValues as Json)[":one"] = { N: 1 })),
      inStates(({ Claim }) => (Claim.Arguments.ConditionExpression = "#status = :received AND status = :received")),
      inStates(({ Claim }) => ((Claim.Arguments.ExpressionAttributeValues as Json)[":one"] = 1)),
    ],
    "state-machine-dynamodb-key": [
      inStates(({ Claim }) => (Claim.Arguments.Key = { id: { S: "x" } })),
      inStates(({ Claim }) => (Claim.Arguments.Key = { transaction_id: { Text: "x" } })),
    ],
    "state-machine-event-entry": [
      inStates(({ Publish }) => delete (Publish.Arguments.Entries as Json[])[0].Source),
      inStates(({ Publish }) => ((Publish.Arguments.Entries as Json[])[0].Subject = "x")),
      inStates(({ Publish }) => (Publish.Arguments.Entries = [])),
    ],
    "state-machine-message-group": own((broken) => [broken.set(Type.queue, "fifoQueue", true), broken.one(Type.stateMachine)], "sqs-fifo"),
    "state-machine-target": inStates(({ DeadLetter }) => (DeadLetter.Arguments.QueueUrl = "https://sqs.eu-central-1.amazonaws.com/1/none")),
  }));

describe("The problems of a JSONata expression", () => {
  const assigned = new Set(["claim"]);

  for (const right of [
    "$states.input.a.b",
    "$states.context.Execution.Id & $claim",
    "$map($states.input, function($one, $index) { $one.id & $index })",
    "($x := 1; $x + 1)",
    "$uuid()",
    "$states.context.Map.Item.Value.dynamodb",
    "$states",
    "$.a",
  ])
    it(`do not include any for ${right}`, () => assert.deepEqual(expressionProblems(right, assigned), []));

  for (const [wrong, problem] of [
    ["$states.input.", "Unexpected end of expression"],
    ["$other", "$other does not exist"],
    ["$eval('1')", "$eval does not exist"],
    ["$states.output", "$states has no output"],
    ["$states.context.Machine", "$states.context has no Machine"],
    ["$states.context.Execution.Arn", "$states.context.Execution has no Arn"],
  ])
    it(`include one for ${wrong}`, () => assert.deepEqual(expressionProblems(wrong, assigned), [problem]));
});
