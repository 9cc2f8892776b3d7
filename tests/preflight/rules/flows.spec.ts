import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { patternProblems } from "../../../preflight/patterns";
import { flowRules } from "../../../preflight/rules/flows";
import { other, own, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

const [rule, target] = ["aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"];

const filter = (pattern: unknown, ...also: string[]): PlantedViolation =>
  own((broken) => broken.set(Type.pipe, "sourceParameters.filterCriteria.filters", [{ pattern: JSON.stringify(pattern) }]), ...also);
const schedule = (scheduleExpression: string): PlantedViolation =>
  other((broken) => broken.set(rule, "scheduleExpression", scheduleExpression));
const subscription = (inputs: Record<string, unknown>): PlantedViolation =>
  other((broken) => Object.assign(broken.one(Type.topicSubscription).inputs, inputs) && broken.one(Type.topicSubscription));

describe("Rules for event flows", () =>
  specifyRules(flowRules, {
    "event-pattern": [
      filter({ eventName: "INSERT" }),
      own((broken) => broken.set(Type.pipe, "sourceParameters.filterCriteria.filters", [{ pattern: "{not JSON" }])),
      other((broken) => broken.set(rule, "eventPattern", JSON.stringify({ source: [{ begins: "a" }] }))),
    ],
    "stream-filter": [
      filter({ eventName: ["CREATE"] }),
      filter({ detail: { status: ["x"] } }),
      filter({ dynamodb: { Image: { status: { S: ["x"] } } } }),
      filter({ dynamodb: { OldImage: { status: { S: ["x"] } } } }),
      filter({ dynamodb: { NewImage: { status: ["RECEIVED"] } } }),
    ],
    "event-rule-empty": [
      other((broken) => broken.set(rule, "scheduleExpression", undefined)),
      schedule("every hour"),
      schedule("cron(0 3 * * * *)"),
      other((broken) => broken.set(rule, "eventBusName", "shop"), "event-target-bus"),
    ],
    "event-target-role": other((broken) => broken.set(target, "arn", broken.one(Type.stateMachine).outputs.arn), "reference-literal"),
    "event-target-bus": other((broken) => broken.set(target, "eventBusName", "shop")),
    "pipe-invocation": other((broken) =>
      broken.set(Type.pipe, "targetParameters.stepFunctionStateMachineParameters.invocationType", "REQUEST_RESPONSE"),
    ),
    "pipe-parts": [
      other((broken) => broken.set(Type.pipe, "target", undefined)),
      other((broken) => broken.set(Type.pipe, "sourceParameters.dynamodbStreamParameters.startingPosition", undefined)),
      own((broken) => broken.set(Type.pipe, "logConfiguration.cloudwatchLogsLogDestination", {})),
    ],
    "pipe-template": [
      own((broken) => broken.set(Type.pipe, "targetParameters.inputTemplate", '{"key": <$.dynamodb.Keys}')),
      own((broken) => broken.set(Type.pipe, "targetParameters.inputTemplate", '{"key": <$.dynamodb.Keys>')),
    ],
    "subscription-filter": [
      subscription({ filterPolicy: "{not JSON" }),
      subscription({ filterPolicyScope: "MessageAttributes" }),
      subscription({ filterPolicy: '{"kind": "order"}' }),
    ],
    "subscription-protocol": [
      subscription({ protocol: "email" }),
      subscription({ protocol: "pigeon" }),
      subscription({ protocol: "email", endpoint: "oncall@example.com", rawMessageDelivery: true }),
    ],
  }));

describe("The problems of an event pattern", () => {
  for (const right of [
    { source: ["aws.s3"], detail: { size: [{ numeric: [">", 0, "<=", 5] }], name: [{ prefix: "a" }, null, true] } },
    { $or: [{ a: [1] }, { b: [{ exists: false }] }] },
    { a: [{ "anything-but": ["x"] }, { suffix: { "equals-ignore-case": ".PNG" } }] },
  ])
    it(`do not include any for ${JSON.stringify(right)}`, () => assert.deepEqual(patternProblems(right), []));

  for (const [wrong, problem] of [
    [{ a: {} }, "Empty objects are not allowed"],
    [{ a: [] }, 'Empty arrays are not allowed at "a"'],
    [{ a: { b: "c" } }, '"a.b" must be an object or an array'],
    [{ a: [["b"]] }, '"a" has an array in an array'],
    [{ a: [{ prefix: "b", suffix: "c" }] }, 'Unrecognized match type prefix, suffix at "a"'],
    [{ a: [{ suffix: 1 }] }, 'suffix match pattern must be a string at "a"'],
    [{ a: [{ exists: "yes" }] }, 'exists match pattern must be either true or false at "a"'],
    [{ a: [{ numeric: [">"] }] }, 'Value of numeric must be an array of comparisons at "a"'],
    [{ a: [{ numeric: 1 }] }, 'Value of numeric must be an array of comparisons at "a"'],
    [{ $or: [{ a: [1] }] }, '"$or" must be an array of at least two patterns'],
  ] as const)
    it(`include one for ${JSON.stringify(wrong)}`, () => assert.deepEqual(patternProblems(wrong), [problem]));
});
