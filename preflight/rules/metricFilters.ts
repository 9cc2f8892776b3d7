import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each } from "../check";
import { fields, type Graph, isKnown, textInput, valueAt } from "../graph";
import { parseJson } from "../json";
import type { RuleEntry } from "../rule";

/** Returns the fields of JSON lines that a filter names, in its pattern, its value and its dimensions. */
function fieldsOf(filter: GraphResource): string[] {
  const { value, dimensions } = fields(filter.inputs.metricTransformation);
  const texts = [filter.inputs.pattern, value, ...Object.values(fields(dimensions))].filter(isKnown).map(String);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\$\.(\w+)/g)].map(([, name]) => name)))];
}

/** Returns the format of the access log that goes to a filter's log group; nothing, if none does or it is no JSON. */
function formatOf(graph: Graph, filter: GraphResource): Record<string, unknown> | undefined {
  const group = graph.target(filter, "logGroupName", Type.logGroup);
  const stage = graph
    .all(Type.stage)
    .find((one) => group !== undefined && graph.target(one, "accessLogSettings.destinationArn", Type.logGroup) === group);
  const format = stage && parseJson(textInput(stage, "accessLogSettings.format"));
  return typeof format === "object" && format !== null ? (format as Record<string, unknown>) : undefined;
}

/** Rules over what is counted of log lines. */
export const metricFilterRules: RuleEntry[] = [
  {
    id: "metric-filter-field",
    awsError: "silent: no line has the field, so that nothing is counted, and no alarm of it is ever raised",
    cause: "A metric filter names a field that the access log's format does not have.",
    fix: "Name a field of accessLogSettings.format, or add it there.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
    check: each(Type.logMetricFilter, (filter, graph) => {
      const format = formatOf(graph, filter);
      return format ? fieldsOf(filter).flatMap((name) => (name in format ? [] : [`it names $.${name}`])) : [];
    }),
  },
  {
    id: "metric-filter-default",
    awsError: "InvalidParameterException: Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    cause: "A metric filter has dimensions and a default value, or more than three dimensions.",
    fix: "Leave the default value out, and let the alarm say what no data mean.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
    check: each(Type.logMetricFilter, (filter) => {
      const count = Object.keys(fields(valueAt(filter, "metricTransformation.dimensions"))).length;
      const both = count > 0 && valueAt(filter, "metricTransformation.defaultValue") !== undefined;
      return [both && "it has dimensions and a default value", count > 3 && `it has ${count} dimensions`];
    }),
  },
];
