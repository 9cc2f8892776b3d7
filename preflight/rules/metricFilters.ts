import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each } from "../check";
import { fields, type Graph, isKnown, textInput, valueAt } from "../graph/graph";
import { parseJson } from "../json";
import type { RuleEntry } from "../rule";

/** Lists the JSON fields that a filter names in its pattern, value and dimensions. */
function fieldsOf(filter: GraphResource): string[] {
  const { value, dimensions } = fields(filter.inputs.metricTransformation);
  const texts = [filter.inputs.pattern, value, ...Object.values(fields(dimensions))].filter(isKnown).map(String);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\$\.(\w+)/g)].map(([, name]) => name)))];
}

/** Returns the access log format of a filter's log group; `undefined` if the group has no access log or the format is not JSON. */
function formatOf(graph: Graph, filter: GraphResource): Record<string, unknown> | undefined {
  const group = graph.target(filter, "logGroupName", Type.logGroup);
  const stage = graph
    .all(Type.stage)
    .find((one) => group !== undefined && graph.target(one, "accessLogSettings.destinationArn", Type.logGroup) === group);
  const format = stage && parseJson(textInput(stage, "accessLogSettings.format"));
  return typeof format === "object" && format !== null ? (format as Record<string, unknown>) : undefined;
}

/** Rules for metric filters. */
export const metricFilterRules: RuleEntry[] = [
  {
    id: "metric-filter-field",
    awsError: "silent: no line has the field, so the metric counts nothing and its alarms never fire",
    cause: "The metric filter names a field that the access log's format does not have.",
    fix: "Use a field of accessLogSettings.format, or add the field there.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
    check: each(Type.logMetricFilter, (filter, graph) => {
      const format = formatOf(graph, filter);
      return format
        ? fieldsOf(filter).flatMap((name) => (name in format ? [] : [`it names $.${name}, which accessLogSettings.format does not have`]))
        : [];
    }),
  },
  {
    id: "metric-filter-default",
    awsError: "InvalidParameterException: Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    cause: "A metric filter can have at most three dimensions, and no default value with them.",
    fix: "Omit the default value, and set the alarm's treatMissingData instead.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
    check: each(Type.logMetricFilter, (filter) => {
      const count = Object.keys(fields(valueAt(filter, "metricTransformation.dimensions"))).length;
      const both = count > 0 && valueAt(filter, "metricTransformation.defaultValue") !== undefined;
      return [both && "dimensions and defaultValue are both set", count > 3 && `it has ${count} dimensions. AWS allows 3`];
    }),
  },
];
