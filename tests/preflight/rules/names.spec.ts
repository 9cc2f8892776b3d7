import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { Graph } from "../../../preflight/graph/graph";
import { collisionRules } from "../../../preflight/rules/collisions";
import { nameRules } from "../../../preflight/rules/names";
import { other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

/** Rules that report alarms and dashboards that still have the old name. */
const watched = ["alarm-dimension", "dashboard-dimension"];

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:GetQueueUrl", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }],
});
/** Inputs of resources that are created twice under one name. */
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

describe("Rules for names", () => {
  for (const [type, input] of scoped)
    it(`allow two ${type} of one name if ${input} differs`, () => {
      const found = (...scopes: string[]) => {
        const broken = new BrokenGraph([]);
        for (const [index, scope] of scopes.entries()) broken.add(type, `twin-${index}`, { name: "twin", [input]: scope });
        return collisionRules[0].check(new Graph(broken.resources)).length;
      };
      assert.equal(found("one", "another"), 0);
      assert.equal(found("one", "one"), 1);
    });

  specifyRules([...nameRules, ...collisionRules], {
    "lambda-name": own((broken) => broken.set(Type.function, "name", `webhook-${"x".repeat(60)}-dev`), ...watched),
    "role-name": own((broken) => broken.set(Type.role, "name", `webhook-${"x".repeat(60)}-dev`, "process-role")),
    "sqs-name": own((broken) => broken.set(Type.queue, "name", `webhook-${"x".repeat(80)}-dev`), ...watched),
    "table-name": other((broken) => broken.set(Type.table, "name", "ev")),
    "state-machine-name": own((broken) => broken.set(Type.stateMachine, "name", `webhook-${"x".repeat(80)}-dev`)),
    "pipe-name": own((broken) => broken.set(Type.pipe, "name", `webhook-${"x".repeat(60)}-dev`), ...watched),
    "event-bus-name": other((broken) => broken.add(Type.eventBus, "bus", { name: "default" })),
    "topic-name": other((broken) => broken.set(Type.topic, "name", "shop.events")),
    "log-group-name": own((broken) => broken.set(Type.logGroup, "name", "a b webhook-x-dev", "api-access-log")),
    "alias-name": own((broken) => broken.set(Type.alias, "name", "webhook-data-dev")),
    "secret-name": own((broken) => broken.set(Type.secret, "name", "a secret/webhook-x-dev")),
    "stage-name": other((broken) => broken.set(Type.stage, "stageName", "v1.0")),
    "dashboard-name": other((broken) => broken.set(Type.dashboard, "dashboardName", "a dashboard")),
    "web-acl-name": own((broken) => broken.set(Type.webAcl, "name", `webhook-${"x".repeat(120)}-dev`), "alarm-dimension"),
    "name-taken": [
      own((broken) => {
        const [one, second] = broken.resources.filter(({ type }) => type === Type.secret);
        second.inputs.name = one.inputs.name;
        return second;
      }),
      ...Object.entries(twins).map(([type, inputs]) =>
        other((broken) => [1, 2].map((index) => broken.add(type, `twin-${index}`, inputs))[1]),
      ),
    ],
    "retained-name": [
      own((broken) => broken.set(Type.role, "name", "webhook-api-logs-dev", "webhook-api-logs-dev")),
      own((broken) => {
        const table = broken.one(Type.table);
        table.retainOnDelete = true;
        return table;
      }),
    ],
  });
});
