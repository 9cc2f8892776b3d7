import Ajv from "ajv";
import { Type } from "../graph/types";
import { each, together } from "../check";
import { dashboardSchema } from "../dashboardSchema";
import type { Graph } from "../graph/graph";
import { isKnown, textInput } from "../graph/graph";
import { isObject, parseJson } from "../json";
import { memoized } from "../memo";
import type { RuleEntry } from "../rule";
import { dimensionProblems, metricProblems, type WatchedMetric } from "./alarms";

interface Widget {
  type?: string;
  properties?: { metrics?: unknown[][]; alarms?: unknown[] };
}

export const dashboardRules: RuleEntry[] = [
  {
    id: "dashboard-body",
    awsError: "InvalidParameterInput: The dashboard body is invalid, there are N validation errors",
    cause: "A widget must have the properties of its type, and lie within the 24 columns.",
    fix: "Correct the widget at the place that the finding names.",
    link: "https://github.com/pulumi/pulumi/issues/13059",
    check: each(Type.dashboard, (resource) => {
      const text = textInput(resource, "dashboardBody");
      return text === undefined ? [] : bodyProblems(text);
    }),
  },
  {
    id: "dashboard-metric",
    awsError: "silent: the graph stays empty",
    cause: "The service does not have the metric or dimension that a widget shows.",
    fix: "Use a metric and dimensions of the service's page of metrics.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
    check: (graph) => metricProblems(dashboardMetrics(graph)),
  },
  {
    id: "dashboard-dimension",
    severity: "warning",
    awsError: "silent: the graph stays empty",
    cause: "A widget shows a resource or an alarm that is not in the graph.",
    fix: "Use the resource's output.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension",
    check: together(
      (graph) => dimensionProblems(graph, dashboardMetrics(graph)),
      each(Type.dashboard, (resource, graph) =>
        widgetsOf(graph.document(resource, "dashboardBody"))
          .flatMap(({ properties }) => properties?.alarms ?? [])
          .filter((arn) => isKnown(arn) && !graph.find(arn, Type.metricAlarm, Type.compositeAlarm))
          .map((arn) => `it shows the alarm ${String(arn)}, which is not in the graph`),
      ),
    ),
  },
];

const widgetsOf = (body: Record<string, unknown> | undefined) => (Array.isArray(body?.widgets) ? (body.widgets as Widget[]) : []);

/** Lists the metrics of all dashboards. A metric is a list: namespace, name, dimension, value, …, options. `.` repeats the element above, `...` the
 * whole beginning.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function dashboardMetrics(graph: Graph): WatchedMetric[] {
  return graph.all(Type.dashboard).flatMap((resource) =>
    widgetsOf(graph.document(resource, "dashboardBody")).flatMap(({ properties }) => {
      const rows = Array.isArray(properties?.metrics) ? properties.metrics.filter(Array.isArray) : [];
      let above: unknown[] = [];
      return rows.flatMap((row) => {
        const named = row.filter((part) => typeof part === "string");
        if (named.length === 0) return [];
        above = spelledOut(named, above);
        const [namespace, name, ...rest] = above;
        const pairs = rest.flatMap((part, index) =>
          index % 2 === 0 && rest[index + 1] !== undefined ? [[String(part), rest[index + 1]] as const] : [],
        );
        return [{ resource, namespace, name, dimensions: Object.fromEntries(pairs) }];
      });
    }),
  );
}

function spelledOut(row: string[], above: unknown[]): unknown[] {
  const repeated = row[0] === "..." ? [...above.slice(0, above.length - row.length + 1), ...row.slice(1)] : row;
  return repeated.map((part, index) => (part === "." ? above[index] : part));
}

const schemaOf = memoized((schema: object) => new Ajv({ strict: false }).compile(schema));

const bodyProblems = memoized((text: string): string[] => {
  const body = parseJson(text);
  if (!isObject(body)) return ["the dashboard's body is not a JSON object"];
  const validate = schemaOf(dashboardSchema);
  return validate(body) ? [] : (validate.errors ?? []).slice(0, 1).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
});
