import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { duplicates, each, violations, type Problems } from "../check";
import { fields, type Graph, isKnown, list, parseArn, textInput } from "../graph";
import { dimensionType, isUnknownDimension, isUnknownMetric, meantNamespace } from "../metrics";
import type { RuleEntry, Violation } from "../rule";

/** One metric that an alarm or a dashboard shows. */
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

/** Returns an alarm's queries, except those known only after deployment. */
const queriesOf = ({ inputs }: GraphResource) =>
  list<Query>(inputs.metricQueries).filter(({ metric }) => (metric as unknown) !== "[unknown]");
const isWhole = ({ inputs }: GraphResource) => !JSON.stringify(inputs.metricQueries ?? "").includes("[unknown]");

/** Returns the metrics of every alarm. */
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

/** Returns what is wrong with metrics: rules over alarms and dashboards ask alike. */
export function metricProblems(metrics: WatchedMetric[]): Violation[] {
  return metrics.flatMap(({ resource, namespace, name, dimensions }) =>
    violations(resource, [
      meantNamespace(namespace) && `there is no ${String(namespace)}, but ${meantNamespace(namespace)}`,
      isUnknownMetric(namespace, name, dimensions) && `${String(namespace)} has no metric ${String(name)}`,
      Object.keys(dimensions)
        .filter((dimension) => isUnknownDimension(String(namespace), dimension))
        .map((dimension) => `${String(namespace)} has no dimension ${dimension}`),
    ]),
  );
}

/** Dimensions that name nothing of the graph, where the graph has resources of the kind. */
export function dimensionProblems(graph: Graph, metrics: WatchedMetric[]): Violation[] {
  return metrics.flatMap(({ resource, namespace, dimensions }) =>
    Object.entries(dimensions).flatMap(([dimension, value]) => {
      const type = dimensionType(String(namespace), dimension);
      if (!type || typeof value !== "string" || !isKnown(value)) return [];
      const candidates = graph.all(type);
      return candidates.length > 0 && !candidates.some((one) => isNamed(one, value, dimension))
        ? [{ resource, detail: `${dimension} is ${value}, which no ${type} of the graph is called` }]
        : [];
    }),
  );
}

/** Tells whether a dimension takes a name; only one that says so takes an ARN. */
function isNamed({ inputs, outputs }: GraphResource, value: string, dimension: string): boolean {
  const names = dimension.endsWith("Arn") ? [outputs.arn] : [inputs.name, inputs.stageName, outputs.name];
  return names.includes(value) || names.every((name) => !isKnown(name));
}

const units = (query: Query) => query.metric?.period ?? query.period;

export const alarmRules: RuleEntry[] = [
  {
    id: "alarm-metric",
    awsError: "silent: the alarm watches a metric that nobody writes, and stays as it is for ever",
    cause: "The service has no metric or no dimension of that name.",
    fix: "Name metric and dimensions as the service's page of metrics does.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
    check: (graph) => metricProblems(alarmMetrics(graph)),
  },
  {
    id: "alarm-dimension",
    severity: "warning",
    awsError: "silent: the alarm watches what is not there, and stays as it is for ever",
    cause: "A dimension names no resource of the graph.",
    fix: "Use the resource's own output as the dimension's value.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension",
    check: (graph) => dimensionProblems(graph, alarmMetrics(graph)),
  },
  {
    id: "alarm-queries",
    awsError: "ValidationError: Exactly one element of the metrics list should return data.",
    cause: "An alarm is about one time series: its metric, or the one query of its list that returns data.",
    fix: "Give the alarm a metric, or queries with ids of which one has returnData; an expression names the others' ids.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/29894",
    check: each(Type.metricAlarm, queryProblems),
  },
  {
    id: "alarm-statistic",
    awsError: "ValidationError: Invalid metrics list",
    cause: "A metric has no statistic, or one that CloudWatch does not know.",
    fix: "Use SampleCount, Average, Sum, Minimum, Maximum, IQM, or a percentile such as p99.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/19567",
    check: each(Type.metricAlarm, (resource) => {
      const { metricName, statistic, extendedStatistic } = resource.inputs;
      const single = metricName === undefined ? [] : [extendedStatistic ?? statistic];
      const queried = queriesOf(resource).flatMap(({ metric }) => (metric ? [metric.stat] : []));
      return [...single, ...queried].filter((stat) => !isStatistic(stat)).map((stat) => `its statistic is ${String(stat)}`);
    }),
  },
  {
    id: "alarm-period",
    awsError: "ValidationError: Period must be 10, 20, 30 or a multiple of 60",
    cause: "CloudWatch keeps data by 10, 20 or 30 seconds, or by minutes, and looks back a day, seven with periods of an hour or more.",
    fix: "Set the period to one of them, and fewer evaluationPeriods.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    check: each(Type.metricAlarm, (resource) => {
      const periods = [resource.inputs.period, ...queriesOf(resource).map(units)].filter((period) => typeof period === "number");
      const window = Math.max(0, ...periods) * Number(resource.inputs.evaluationPeriods ?? 1);
      const most = Math.max(0, ...periods) >= 3_600 ? 604_800 : 86_400;
      return [
        ...periods
          .filter((period) => ![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
          .map((period) => `its period is ${period} s`),
        window > most && `it looks back ${window} s, more than ${most}`,
      ];
    }),
  },
  {
    id: "alarm-evaluation",
    awsError:
      "ValidationError: PutMetricAlarm request should have valid Threshold parameter; or: DatapointsToAlarm must be less than or equal to EvaluationPeriods",
    cause: "Something is missing by which CloudWatch would compare.",
    fix: "Set threshold (or thresholdMetricId), comparisonOperator and evaluationPeriods; datapointsToAlarm is at most the latter.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    check: each(Type.metricAlarm, (resource) => {
      const { threshold, thresholdMetricId, comparisonOperator, evaluationPeriods, datapointsToAlarm, treatMissingData } = resource.inputs;
      return [
        threshold === undefined && thresholdMetricId === undefined && "it has no threshold",
        comparisonOperator === undefined && "it has no comparisonOperator",
        evaluationPeriods === undefined && "it has no evaluationPeriods",
        Number(datapointsToAlarm ?? 0) > Number(evaluationPeriods ?? 0) && "it wants more datapoints than it has periods",
        !(
          treatMissingData === undefined ||
          ["breaching", "notBreaching", "ignore", "missing", "[unknown]"].includes(String(treatMissingData))
        ) && `its treatMissingData is ${String(treatMissingData)}`,
      ];
    }),
  },
  {
    id: "alarm-action",
    awsError: "ValidationError: Invalid region … specified. Only … is supported.",
    cause: "An alarm's action is no ARN, or is in another region than the alarm.",
    fix: "Give the ARN of a topic in the alarm's own region.",
    link: "https://github.com/cds-snc/notification-terraform/pull/128",
    check: each([Type.metricAlarm, Type.compositeAlarm], ({ inputs, outputs }) =>
      ["alarmActions", "okActions", "insufficientDataActions"].map((input) =>
        list(inputs[input])
          .filter((action) => !isAction(action, parseArn(outputs.arn)?.region))
          .map((action) => `${input} has ${String(action)}`),
      ),
    ),
  },
  {
    id: "composite-alarm-rule",
    awsError: "ValidationError: Could not save the composite alarm as alarms [...] in the alarm rule do not exist",
    cause: "The rule names an alarm that is not there, does not wait for it, or is no expression.",
    fix: 'Write ALARM("name") with the alarms\' own names, joined by AND, OR and NOT.',
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
  if (queries.length === 0) return !single && "it has no metric";
  const ids = queries.map(({ id }) => id ?? "");
  const returning = queries.filter(({ returnData }) => returnData === true).length;
  return [
    single && "it has a metric and queries",
    ...ids
      .filter((id) => !/^[a-z]\w*$/.test(id))
      .map((id) => `the id "${id}" is not one: a lower-case letter, then letters, digits and underscores`),
    ...duplicates(ids).map((id) => `the id ${id} comes twice`),
    !(returning === 1 || resource.inputs.thresholdMetricId !== undefined) && `${returning} of its queries return data`,
    ...queries
      .filter(({ metric, expression }) => (metric === undefined) === (expression === undefined))
      .map(({ id }) => `the query ${id} has not one of metric and expression`),
    ...queries
      .flatMap(({ metric, id }) => (metric ? [{ metric, id }] : []))
      .filter(({ metric }) => metric.metricName === undefined || metric.namespace === undefined || metric.period === undefined)
      .map(({ id }) => `the query ${id} lacks metricName, namespace or period`),
    ...queries.flatMap(({ expression }) =>
      unknownIds(String(expression ?? ""), ids).map((id) => `its expression names ${id}, which no query is called`),
    ),
  ];
}

/** Words of an expression that begin with a small letter are ids; functions and keywords have capitals. */
function unknownIds(expression: string, ids: string[]): string[] {
  const words = expression.replace(/'[^']*'|"[^"]*"/g, "").match(/\b[a-z]\w*\b/g) ?? [];
  return /^(SEARCH|SELECT)\b/.test(expression) ? [] : [...new Set(words)].filter((word) => !ids.includes(word));
}

function compositeProblems(graph: Graph, resource: GraphResource): Problems {
  const rule = textInput(resource, "alarmRule");
  if (rule === undefined) return resource.inputs.alarmRule === undefined && "it has no alarmRule";
  const term = /\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^"\s()]+))\s*\)/g;
  const names = [...rule.matchAll(term)].map(([, , quoted, bare]) => quoted ?? bare);
  const rest = rule.replace(term, "TRUE").replace(/\b(AND|OR|NOT|TRUE|FALSE|AT_LEAST)\b|[()\s,]/g, "");
  const alarms = names.map((name) => ({ name, alarm: graph.find(name, Type.metricAlarm, Type.compositeAlarm) }));
  const region = parseArn(resource.outputs.arn);
  return [
    !(rest === "" && !/TRUE\s*TRUE/.test(rule.replace(term, "TRUE"))) && `its rule is no expression: ${rest || rule}`,
    ...alarms.flatMap(({ name, alarm }) => {
      if (!alarm) return !(name.startsWith("arn:") && parseArn(name)?.account !== region?.account) && `there is no alarm ${name}`;
      return !graph.waitsFor(resource, alarm) && `it does not wait for the alarm ${name}`;
    }),
  ];
}
