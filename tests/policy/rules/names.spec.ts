import { Type } from "../../../graph/types";
import { collisionRules } from "../../../policy/rules/collisions";
import { nameRules } from "../../../policy/rules/names";
import { other, own, specifyRules } from "../patient";

/** Alarms and dashboard name it as it was. */
const watched = ["alarm-dimension", "dashboard-dimension"];

describe("Rules over names", () =>
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
    "name-taken": own((patient) => {
      const [one, second] = patient.resources.filter(({ type }) => type === Type.secret);
      second.inputs.name = one.inputs.name;
      return second;
    }),
    "retained-name": [
      own((patient) => patient.set(Type.role, "name", "webhook-api-logs-dev", "webhook-api-logs-dev")),
      own((patient) => {
        const table = patient.one(Type.table);
        table.retainOnDelete = true;
        return table;
      }),
    ],
  }));
