import type { GraphResource } from "../../graph/resource";
import { valueAt } from "../graph";
import type { Rule } from "../rule";

/** Inputs that are a name of which an account and region has only one. */
const unique: Record<string, string> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
  "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
  "aws:cloudwatch/eventBus:EventBus": "name",
  "aws:cloudwatch/logGroup:LogGroup": "name",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
  "aws:dynamodb/table:Table": "name",
  "aws:iam/role:Role": "name",
  "aws:kms/alias:Alias": "name",
  "aws:lambda/function:Function": "name",
  "aws:pipes/pipe:Pipe": "name",
  "aws:secretsmanager/secret:Secret": "name",
  "aws:sfn/stateMachine:StateMachine": "name",
  "aws:sns/topic:Topic": "name",
  "aws:sqs/queue:Queue": "name",
};

export const collisionRules: Rule[] = [
  {
    id: "name-taken",
    severity: "error",
    answer: "ResourceAlreadyExistsException: The specified log group already exists",
    cause:
      "Two resources of a type have one name; some APIs refuse the second, others (queues, topics, alarms) make one resource of the two.",
    fix: "Give each a name of its own.",
    link: "https://github.com/hashicorp/terraform/issues/20175",
    check: (graph) =>
      Object.entries(unique).flatMap(([type, input]) => {
        const first = new Map<string, GraphResource>();
        return graph.all(type).flatMap((resource) => {
          const name = valueAt(resource, input);
          if (typeof name !== "string" || name.startsWith("[")) return [];
          const other = first.get(name);
          if (!other) first.set(name, resource);
          return other ? [{ resource, detail: `${input} "${name}" is ${other.name}'s already` }] : [];
        });
      }),
  },
];
