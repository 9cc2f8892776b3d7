import type { GraphResource } from "../../../preflight/graph/resource";
import { Type } from "../../../preflight/graph/types";
import { alarmRules } from "../../../preflight/rules/alarms";
import { dashboardRules } from "../../../preflight/rules/dashboards";
import { other, own, specifyRules, type PlantedViolation, type BrokenGraph } from "../../helpers/brokenGraph";

interface Query {
  id: string;
  expression?: string;
  returnData?: boolean;
  metric?: Record<string, unknown>;
}

const alarm = (what: string, change: (queries: Query[], alarm: GraphResource) => void, ...also: string[]): PlantedViolation =>
  own(
    (broken: BrokenGraph) => {
      const resource = broken.one(Type.metricAlarm, what);
      change(resource.inputs.metricQueries as Query[], resource);
      return resource;
    },
    ...also,
  );
const stuck = (path: string, value: unknown, ...also: string[]): PlantedViolation =>
  other((broken) => broken.set(Type.metricAlarm, path, value, "stuck"), ...also);
const composite = (rule: string): PlantedViolation => own((broken) => broken.set(Type.compositeAlarm, "alarmRule", rule));

interface Widget {
  type: string;
  properties: Record<string, unknown> & { metrics: unknown[][] };
  [key: string]: unknown;
}
const dashboard = (change: (widgets: Widget[]) => void, graph = own, name = "pipeline"): PlantedViolation =>
  graph((broken) => broken.edit(Type.dashboard, name, "dashboardBody", (body) => change(body.widgets as Widget[])));

describe("Rules for alarms", () =>
  specifyRules(alarmRules, {
    "alarm-metric": [
      alarm("dead-letters", ([{ metric }]) => (metric!.metricName = "MessagesVisible")),
      alarm("dead-letters", ([{ metric }]) => (metric!.dimensions = { Queue: "webhook-dead-letters-dev" })),
      alarm("pipe-failures", ([{ metric }]) => (metric!.namespace = "AWS/Pipes")),
      stuck("metricName", "MessagesVisible"),
      alarm("api-5xx", ([{ metric }]) => (metric!.metricName = "5xx")),
    ],
    "alarm-dimension": [
      stuck("dimensions.QueueName", "another"),
      alarm("api-5xx", ([{ metric }]) => (metric!.dimensions = { Stage: "v2" })),
    ],
    "alarm-queries": [
      alarm("receiver-errors", (queries) => (queries[0].returnData = true)),
      alarm("receiver-errors", (queries) => (queries[2].expression = "errors / calls")),
      alarm("receiver-errors", (queries) => (queries[1].id = "errors")),
      alarm("receiver-errors", (queries) => (queries[2].id = "Value")),
      alarm("receiver-errors", (queries) => delete queries[2].expression),
      alarm("receiver-errors", (queries) => delete queries[0].metric!.period),
      alarm("receiver-errors", (_queries, { inputs }) =>
        Object.assign(inputs, { metricName: "Errors", namespace: "AWS/Lambda", statistic: "Sum" }),
      ),
      stuck("metricName", undefined),
      alarm("receiver-errors", (queries) => delete (queries[0] as Partial<Query>).id),
    ],
    "alarm-statistic": [alarm("dead-letters", ([{ metric }]) => (metric!.stat = "Total")), stuck("statistic", undefined)],
    "alarm-period": [
      alarm("dead-letters", ([{ metric }]) => (metric!.period = 90)),
      stuck("period", 60 * 60 * 24 * 8 * 1),
      stuck("evaluationPeriods", 200),
    ],
    "alarm-evaluation": [
      stuck("threshold", undefined),
      stuck("comparisonOperator", undefined),
      stuck("datapointsToAlarm", 49),
      stuck("evaluationPeriods", undefined),
      stuck("treatMissingData", "ok"),
    ],
    "alarm-action": [stuck("okActions", ["arn:aws:sns:us-east-1:123456789012:alerts"], "other-region"), stuck("okActions", ["alerts"])],
    "composite-alarm-rule": [
      composite('ALARM("webhook-nothing-dev")'),
      composite("ALARM(the alarm)"),
      composite('ALARM("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:none")'),
      composite('ALARM("webhook-dead-letters-dev") ODER ALARM("webhook-api-5xx-dev")'),
      composite('ALARM("webhook-dead-letters-dev") ALARM("webhook-api-5xx-dev")'),
      own((broken) => broken.unchain(broken.one(Type.compositeAlarm), broken.one(Type.metricAlarm, "api-5xx"))),
    ],
  }));

describe("Rules for dashboards", () =>
  specifyRules(dashboardRules, {
    "dashboard-body": [
      dashboard(([widget]) => delete widget.properties.region),
      dashboard(([widget]) => (widget.width = 25)),
      dashboard(([widget]) => (widget.type = "chart")),
      own((broken) => broken.set(Type.dashboard, "dashboardBody", "[]")),
    ],
    "dashboard-metric": [
      dashboard(([widget]) => (widget.properties.metrics[0][1] = "Requests")),
      dashboard((widgets) => (widgets[1].properties.metrics[0][1] = "MessagesSent"), other, "shop"),
    ],
    "dashboard-dimension": [
      dashboard(([widget]) => (widget.properties.metrics[0][3] = "another-api")),
      dashboard((widgets) => (widgets[1].properties.metrics[1][1] = "another-queue"), other, "shop"),
      dashboard((widgets) => (widgets.at(-1)!.properties.alarms = ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:none"])),
    ],
  }));
