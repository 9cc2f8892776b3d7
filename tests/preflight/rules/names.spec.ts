import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { Graph } from "../../../preflight/graph";
import { collisionRules } from "../../../preflight/rules/collisions";
import { nameRules } from "../../../preflight/rules/names";
import { other, own, Patient, specifyRules } from "../../helpers/patient";

/** Alarms and dashboard name it as it was. */
const watched = ["alarm-dimension", "dashboard-dimension"];

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:GetQueueUrl", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }],
});
/** Made twice under one name; the second in a scope of its own is another. */
const twins: Record<string, Record<string, unknown>> = {
  [Type.cloudTrail]: { name: "twin", s3BucketName: "logs", isMultiRegionTrail: true },
  [Type.trail]: { name: "twin", isMultiRegionTrail: true },
  [Type.domainName]: { domainName: "hooks.example.com", regionalCertificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/x" },
  [Type.iamPolicy]: { name: "twin", policy },
  [Type.logMetricFilter]: {
    name: "twin",
    logGroupName: "/aws/vendedlogs/shop",
    pattern: "x",
    metricTransformation: { name: "x", namespace: "x", value: "1" },
  },
};
const scoped: [type: string, input: string][] = [
  [Type.logMetricFilter, "logGroupName"],
  [Type.eventRule, "eventBusName"],
  [Type.schedule, "groupName"],
  [Type.webAcl, "scope"],
];

describe("Rules over names", () => {
  for (const [type, input] of scoped)
    it(`let two of ${type} have one name where ${input} is another`, () => {
      const found = (...scopes: string[]) => {
        const patient = new Patient([]);
        for (const [index, scope] of scopes.entries()) patient.add(type, `twin-${index}`, { name: "twin", [input]: scope });
        return collisionRules[0].check(new Graph(patient.resources)).length;
      };
      assert.equal(found("one", "another"), 0);
      assert.equal(found("one", "one"), 1);
    });

  specifyRules([...nameRules, ...collisionRules], {
    "lambda-name": own((patient) => patient.set(Type.function, "name", `webhook-${"x".repeat(60)}-dev`), ...watched),
    "role-name": own((patient) => patient.set(Type.role, "name", `webhook-${"x".repeat(60)}-dev`, "process-role")),
    "sqs-name": own((patient) => patient.set(Type.queue, "name", `webhook-${"x".repeat(80)}-dev`), ...watched),
    "table-name": other((patient) => patient.set(Type.table, "name", "ev")),
    "state-machine-name": own((patient) => patient.set(Type.stateMachine, "name", `webhook-${"x".repeat(80)}-dev`)),
    "pipe-name": own((patient) => patient.set(Type.pipe, "name", `webhook-${"x".repeat(60)}-dev`), ...watched),
    "event-bus-name": other((patient) => patient.add(Type.eventBus, "bus", { name: "default" })),
    "topic-name": other((patient) => patient.set(Type.topic, "name", "shop.events")),
    "log-group-name": own((patient) => patient.set(Type.logGroup, "name", "a b webhook-x-dev", "api-access-log")),
    "alias-name": own((patient) => patient.set(Type.alias, "name", "webhook-data-dev")),
    "secret-name": own((patient) => patient.set(Type.secret, "name", "a secret/webhook-x-dev")),
    "stage-name": other((patient) => patient.set(Type.stage, "stageName", "v1.0")),
    "dashboard-name": other((patient) => patient.set(Type.dashboard, "dashboardName", "a dashboard")),
    "web-acl-name": own((patient) => patient.set(Type.webAcl, "name", `webhook-${"x".repeat(120)}-dev`), "alarm-dimension"),
    "name-taken": [
      own((patient) => {
        const [one, second] = patient.resources.filter(({ type }) => type === Type.secret);
        second.inputs.name = one.inputs.name;
        return second;
      }),
      ...Object.entries(twins).map(([type, inputs]) =>
        other((patient) => [1, 2].map((index) => patient.add(type, `twin-${index}`, inputs))[1]),
      ),
    ],
    "retained-name": [
      own((patient) => patient.set(Type.role, "name", "webhook-api-logs-dev", "webhook-api-logs-dev")),
      own((patient) => {
        const table = patient.one(Type.table);
        table.retainOnDelete = true;
        return table;
      }),
    ],
  });
});
