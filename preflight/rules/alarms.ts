import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { duplicates, each, violations, type Problems } from "../check";
import { fields, type Graph, isKnown, list, parseArn, textInput } from "../graph/graph";
import { dimensionType, isUnknownDimension, isUnknownMetric, meantNamespace } from "../metrics";
import type { RuleEntry, Violation } from "../rule";

/** A metric that an alarm watches or a dashboard shows. */
export interface WatchedMetric {
  resource: GraphResource;
  namespace: unknown;
  name: unknown;
  dimensions: Record<string, unknown>;
}

interface Query {
  id?: string;
  expression?: string;
  returnData?: boolean;
  period?: number;
  metric?: { namespace?: unknown; metricName?: unknown; dimensions?: Record<string, unknown>; stat?: unknown; period?: number };
}

/** Lists an alarm's queries, without those that are known only after deployment. */
const queriesOf = ({ inputs }: GraphResource) =>
  list<Query>(inputs.metricQueries).filter(({ metric }) => (metric as unknown) !== "[unknown]");
const isWhole = ({ inputs }: GraphResource) => !JSON.stringify(inputs.metricQueries ?? "").includes("[unknown]");

/** Lists the metrics of all alarms. */
function alarmMetrics(graph: Graph): WatchedMetric[] {
  return graph.all(Type.metricAlarm).flatMap((resource) => {
    const { metricName, namespace, dimensions } = resource.inputs;
    const single = metricName === undefined ? [] : [{ resource, namespace, name: metricName, dimensions: fields(dimensions) }];
    const queried = queriesOf(resource).flatMap(({ metric }) =>
      metric ? [{ resource, namespace: metric.namespace, name: metric.metricName, dimensions: fields(metric.dimensions) }] : [],
    );
    return [...single, ...queried];
  });
}

/** Lists unknown namespaces, metrics and dimensions, for alarms and dashboards. */
export function metricProblems(metrics: WatchedMetric[]): Violation[] {
  return metrics.flatMap(({ resource, namespace, name, dimensions }) =>
    violations(resource, [
      meantNamespace(namespace) && `the namespace ${String(namespace)} does not exist. Use ${meantNamespace(namespace)}`,
      isUnknownMetric(namespace, name, dimensions) && `${String(namespace)} has no metric ${String(name)}`,
      Object.keys(dimensions)
        .filter((dimension) => isUnknownDimension(String(namespace), dimension))
        .map((dimension) => `${String(namespace)} has no dimension ${dimension}`),
    ]),
  );
}

/** Lists dimensions that name no resource of the graph, if the graph has resources of that type. */
export function dimensionProblems(graph: Graph, metrics: WatchedMetric[]): Violation[] {
  return metrics.flatMap(({ resource, namespace, dimensions }) =>
    Object.entries(dimensions).flatMap(([dimension, value]) => {
      const type = dimensionType(String(namespace), dimension);
      if (!type || typeof value !== "string" || !isKnown(value)) return [];
      const candidates = graph.all(type);
      return candidates.length > 0 && !candidates.some((one) => isNamed(one, value, dimension))
        ? [{ resource, detail: `the dimension ${dimension} is ${value}, but the graph has no ${type} of that name` }]
        : [];
    }),
  );
}

/** Returns whether a dimension's value names a resource: by ARN if the dimension ends with Arn, else by name. */
function isNamed({ inputs, outputs }: GraphResource, value: string, dimension: string): boolean {
  const names = dimension.endsWith("Arn") ? [outputs.arn] : [inputs.name, inputs.stageName, outputs.name];
  return names.includes(value) || names.every((name) => !isKnown(name));
}

const units = (query: Query) => query.metric?.period ?? query.period;

export const alarmRules: RuleEntry[] = [
  {
    id: "alarm-metric",
    awsError: "silent: the alarm watches a metric without data, and never changes its state",
    cause: "The service does not have this metric or dimension.",
    fix: "Use a metric and dimensions of the service's page of metrics.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
    check: (graph) => metricProblems(alarmMetrics(graph)),
  },
  {
    id: "alarm-dimension",
    severity: "warning",
    awsError: "silent: the alarm watches a metric without data, and never changes its state",
    cause: "The dimension does not name a resource of the graph.",
    fix: "Use the resource's output as the dimension's value.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension",
    check: (graph) => dimensionProblems(graph, alarmMetrics(graph)),
  },
  {
    id: "alarm-queries",
    awsError: "ValidationError: Exactly one element of the metrics list should return data.",
    cause: "An alarm watches one time series: its metric, or the one query that returns data.",
    fix: "Set a metric, or queries with IDs of which exactly one has returnData, and name only their IDs in expressions.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/29894",
    check: each(Type.metricAlarm, queryProblems),
  },
  {
    id: "alarm-statistic",
    awsError: "ValidationError: Invalid metrics list",
    cause: "Each metric requires a statistic that CloudWatch knows.",
    fix: "Use SampleCount, Average, Sum, Minimum, Maximum, IQM, or a percentile such as p99.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/19567",
    check: each(Type.metricAlarm, (resource) => {
      const { metricName, statistic, extendedStatistic } = resource.inputs;
      const single = metricName === undefined ? [] : [extendedStatistic ?? statistic];
      const queried = queriesOf(resource).flatMap(({ metric }) => (metric ? [metric.stat] : []));
      return [...single, ...queried]
        .filter((stat) => !isStatistic(stat))
        .map((stat) =>
          stat === undefined ? "the statistic is missing" : `the statistic is ${String(stat)}, which CloudWatch does not know`,
        );
    }),
  },
  {
    id: "alarm-period",
    awsError: "ValidationError: Period must be 10, 20, 30 or a multiple of 60",
    cause:
      "CloudWatch allows periods of 10, 20 or 30 seconds or of whole minutes, and evaluates at most one day, or seven with periods of an hour.",
    fix: "Set an allowed period, and fewer evaluationPeriods.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    check: each(Type.metricAlarm, (resource) => {
      const periods = [resource.inputs.period, ...queriesOf(resource).map(units)].filter((period) => typeof period === "number");
      const window = Math.max(0, ...periods) * Number(resource.inputs.evaluationPeriods ?? 1);
      const most = Math.max(0, ...periods) >= 3_600 ? 604_800 : 86_400;
      return [
        ...periods
          .filter((period) => ![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
          .map((period) => `the period is ${period} s. AWS allows 10, 20, 30 and multiples of 60`),
        window > most && `period times evaluationPeriods is ${window} s. AWS allows ${most.toLocaleString("en-US")}`,
      ];
    }),
  },
  {
    id: "alarm-evaluation",
    awsError:
      "ValidationError: PutMetricAlarm request should have valid Threshold parameter; or: DatapointsToAlarm must be less than or equal to EvaluationPeriods",
    cause: "CloudWatch requires a threshold, an operator and a number of periods, and at most as many datapoints as periods.",
    fix: "Set threshold or thresholdMetricId, comparisonOperator, evaluationPeriods, and datapointsToAlarm up to evaluationPeriods.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    check: each(Type.metricAlarm, (resource) => {
      const { threshold, thresholdMetricId, comparisonOperator, evaluationPeriods, datapointsToAlarm, treatMissingData } = resource.inputs;
      return [
        threshold === undefined && thresholdMetricId === undefined && "threshold is missing",
        comparisonOperator === undefined && "comparisonOperator is missing",
        evaluationPeriods === undefined && "evaluationPeriods is missing",
        Number(datapointsToAlarm ?? 0) > Number(evaluationPeriods ?? 0) &&
          `datapointsToAlarm is ${String(datapointsToAlarm)}, more than evaluationPeriods`,
        !(
          treatMissingData === undefined ||
          ["breaching", "notBreaching", "ignore", "missing", "[unknown]"].includes(String(treatMissingData))
        ) && `treatMissingData is ${String(treatMissingData)}. AWS allows breaching, notBreaching, ignore and missing`,
      ];
    }),
  },
  {
    id: "alarm-action",
    awsError: "ValidationError: Invalid region … specified. Only … is supported.",
    cause: "An alarm's action must be an ARN in the alarm's own region.",
    fix: "Set the ARN of a topic in the alarm's own region.",
    link: "https://github.com/cds-snc/notification-terraform/pull/128",
    check: each([Type.metricAlarm, Type.compositeAlarm], ({ inputs, outputs }) =>
      ["alarmActions", "okActions", "insufficientDataActions"].map((input) =>
        list(inputs[input])
          .filter((action) => !isAction(action, parseArn(outputs.arn)?.region))
          .map((action) => `${input} contains ${String(action)}, which is not an ARN in the alarm's region`),
      ),
    ),
  },
  {
    id: "composite-alarm-rule",
    awsError: "ValidationError: Could not save the composite alarm as alarms [...] in the alarm rule do not exist",
    cause: "The rule must be an expression over alarms that already exist.",
    fix: 'Write ALARM("name") with the alarms\' own outputs, joined by AND, OR and NOT.',
    link: "https://github.com/awsdocs/aws-cloudformation-user-guide/issues/911",
    check: each(Type.compositeAlarm, (resource, graph) => compositeProblems(graph, resource)),
  },
];

function isAction(action: unknown, region: string | undefined): boolean {
  const arn = parseArn(action);
  return arn !== undefined && (arn.region === "" || region === undefined || arn.region === region || arn.service === "automate");
}

function isStatistic(stat: unknown): boolean {
  return /^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|p100|(PR|TC|TM|TS|WM)\(.+\)|\[unknown\])$/.test(
    String(stat),
  );
}

function queryProblems(resource: GraphResource): Problems {
  const queries = queriesOf(resource);
  const single = resource.inputs.metricName !== undefined;
  if (!isWhole(resource)) return [];
  if (queries.length === 0) return !single && "metricName and metricQueries are both missing";
  const ids = queries.map(({ id }) => id ?? "");
  const returning = queries.filter(({ returnData }) => returnData === true).length;
  return [
    single && "metricName and metricQueries are both set",
    ...ids
      .filter((id) => !/^[a-z]\w*$/.test(id))
      .map((id) => `the query ID is "${id}". AWS allows a lower-case letter, followed by letters, digits and underscores`),
    ...duplicates(ids).map((id) => `two queries have the ID ${id}`),
    !(returning === 1 || resource.inputs.thresholdMetricId !== undefined) && `${returning} queries have returnData. AWS allows exactly one`,
    ...queries
      .filter(({ metric, expression }) => (metric === undefined) === (expression === undefined))
      .map(({ id }) => `the query ${id} must have either metric or expression`),
    ...queries
      .flatMap(({ metric, id }) => (metric ? [{ metric, id }] : []))
      .filter(({ metric }) => metric.metricName === undefined || metric.namespace === undefined || metric.period === undefined)
      .map(({ id }) => `the query ${id} lacks metricName, namespace or period`),
    ...queries.flatMap(({ expression }) =>
      unknownIds(String(expression ?? ""), ids).map((id) => `an expression names ${id}, which is not the ID of a query`),
    ),
  ];
}

/** Lists unknown IDs in an expression. IDs begin with a lower-case letter; functions and keywords with a capital. */
function unknownIds(expression: string, ids: string[]): string[] {
  const words = expression.replace(/'[^']*'|"[^"]*"/g, "").match(/\b[a-z]\w*\b/g) ?? [];
  return /^(SEARCH|SELECT)\b/.test(expression) ? [] : [...new Set(words)].filter((word) => !ids.includes(word));
}

function compositeProblems(graph: Graph, resource: GraphResource): Problems {
  const rule = textInput(resource, "alarmRule");
  if (rule === undefined) return resource.inputs.alarmRule === undefined && "alarmRule is missing";
  const term = /\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^"\s()]+))\s*\)/g;
  const names = [...rule.matchAll(term)].map(([, , quoted, bare]) => quoted ?? bare);
  const rest = rule.replace(term, "TRUE").replace(/\b(AND|OR|NOT|TRUE|FALSE|AT_LEAST)\b|[()\s,]/g, "");
  const alarms = names.map((name) => ({ name, alarm: graph.find(name, Type.metricAlarm, Type.compositeAlarm) }));
  const region = parseArn(resource.outputs.arn);
  return [
    !(rest === "" && !/TRUE\s*TRUE/.test(rule.replace(term, "TRUE"))) && `alarmRule is not a valid expression: ${rest || rule}`,
    ...alarms.flatMap(({ name, alarm }) => {
      if (!alarm)
        return !(name.startsWith("arn:") && parseArn(name)?.account !== region?.account) && `the alarm ${name} is not in the graph`;
      return !graph.waitsFor(resource, alarm) && `it does not depend on the alarm ${name}`;
    }),
  ];
}
