import {
  GetMetricDataCommand,
  ListMetricsCommand,
  type CloudWatchClient,
  type Dimension,
  type Metric as MetricOfAws,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { Metric, MetricDimension, Service } from "../../domain/metrics";
import type { Sources } from "./api";
import { refusalInWords } from "./refused";

/** What the metrics of a stack are found by. */
export interface MetricsTarget {
  cloudWatch: CloudWatchClient;
  /** Environment in the metrics' dimensions. */
  suffix: string;
  /** Stage of the API. */
  stageName: string;
}

type RefusedCounts = NonNullable<Sources["refusedCounts"]>;

/** Stands for the source of refused requests that are counted for all sources together. */
export const anySource = "all sources";

const spanMs = 24 * 3_600_000;
const periodSeconds = 3_600;
/** Most metrics that one call reads. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const mostAtOnce = 500;

/** Counts the refused requests of the last 24 hours, most frequent first. Bad signatures are counted by source and reason, others by reason. */
export async function countRefused(target: MetricsTarget, now = new Date()): Promise<RefusedCounts> {
  const signatures = await listMetrics(target);
  const [network, refused, throttled, ...bySource] = await sumsOf(target, [...totals(target), ...signatures], now);
  const counts = signatures.map((metric, index) => ({
    source: valueOf(metric, MetricDimension.source),
    reason: refusalInWords(valueOf(metric, MetricDimension.reason)),
    count: bySource[index],
  }));
  const ofAll = [
    { reason: refusalInWords("network"), count: network },
    // The access log counts refusals by address as well.
    { reason: "not an event, or not for a source (4XX)", count: Math.max(0, refused - network) },
    { reason: "throttled (429)", count: throttled },
  ].map((one) => ({ source: anySource, ...one }));
  return [...counts, ...ofAll].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

/** Lists the metrics of bad signatures that this stack has emitted in the last two weeks: one for each source and reason. */
export async function listMetrics({ cloudWatch, suffix }: MetricsTarget): Promise<MetricOfAws[]> {
  const Dimensions = [
    { Name: MetricDimension.environment, Value: suffix },
    { Name: MetricDimension.source },
    { Name: MetricDimension.reason },
  ];
  const found: MetricOfAws[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListMetricsCommand({ Namespace: Metric.namespace, MetricName: Metric.signatureFailures, Dimensions, NextToken });
    const page = await cloudWatch.send(command);
    found.push(...(page.Metrics ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Reads the metrics that count for all sources together. */
export const readTotals = (target: MetricsTarget, now = new Date()): Promise<number[]> => sumsOf(target, totals(target), now);

/** Returns the metrics that count for all sources together: by address, other 4XX, and throttled. */
function totals({ suffix, stageName }: MetricsTarget): MetricOfAws[] {
  const metric = (MetricName: string, dimensions: Record<string, string>): MetricOfAws => ({
    Namespace: Metric.namespace,
    MetricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]): Dimension => ({ Name, Value })),
  });
  const ofStage = { [MetricDimension.stage]: stageName };
  return [
    metric(Metric.networkRefusals, { [MetricDimension.environment]: suffix, [MetricDimension.service]: Service.receive }),
    metric(Metric.refused, ofStage),
    metric(Metric.throttled, ofStage),
  ];
}

const valueOf = ({ Dimensions = [] }: MetricOfAws, name: string): string => Dimensions.find(({ Name }) => Name === name)?.Value ?? "";

/** Returns the sum of each metric, in the order of the metrics. */
async function sumsOf({ cloudWatch }: MetricsTarget, metrics: readonly MetricOfAws[], now: Date): Promise<number[]> {
  const sums = metrics.map(() => 0);
  const queries = metrics.map((metric, index): MetricDataQuery => ({
    Id: `m${index}`,
    MetricStat: { Metric: metric, Period: periodSeconds, Stat: "Sum" },
  }));
  const span = { StartTime: new Date(now.getTime() - spanMs), EndTime: now };
  for (let next = 0; next < queries.length; next += mostAtOnce) {
    let NextToken: string | undefined;
    do {
      const MetricDataQueries = queries.slice(next, next + mostAtOnce);
      const page = await cloudWatch.send(new GetMetricDataCommand({ ...span, MetricDataQueries, NextToken }));
      for (const { Id = "", Values = [] } of page.MetricDataResults ?? []) sums[Number(Id.slice(1))] += sum(Values);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return sums;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
