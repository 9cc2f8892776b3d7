import jsonata from "jsonata";
import type { MatrixSettings } from "./settings";

/** The metrics of a run: points by namespace, name and dimensions. */
export class Metrics {
  private readonly points = new Map<string, { at: number; value: number }[]>();

  add(namespace: string, name: string, dimensions: Record<string, string>, value: number, at = Date.now()): void {
    const key = keyOf(namespace, name, dimensions);
    const points = this.points.get(key) ?? [];
    this.points.set(key, [...points, { at, value }]);
  }

  /** Returns a statistic of a period, or `undefined` without data. @param from, to epoch milliseconds */
  statistic(of: MetricStat, from: number, to: number): number | undefined {
    const points = this.points.get(keyOf(of.namespace, of.metricName, of.dimensions)) ?? [];
    const values = points.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
    if (values.length === 0) return undefined;
    if (of.stat === "Sum") return values.reduce((sum, value) => sum + value, 0);
    if (of.stat === "Maximum") return Math.max(...values);
    const [, percent] = /^p(\d+)$/.exec(of.stat)!;
    return values.sort((a, b) => a - b)[Math.ceil((values.length * Number(percent)) / 100) - 1];
  }
}

export interface MetricStat {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  stat: string;
  /** Seconds. */
  period: number;
}

const keyOf = (namespace: string, name: string, dimensions: Record<string, string>) =>
  [namespace, name, ...Object.entries(dimensions).sort().flat()].join("|");

/** A deployed metric alarm. */
interface Alarm {
  name: string;
  comparisonOperator: string;
  threshold: number;
  evaluationPeriods: number;
  treatMissingData: string;
  metricQueries: { id: string; expression?: string; metric?: MetricStat }[];
}

/** A raised alarm. */
export interface Raised {
  alarm: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Lists each time that an alarm is raised, by the alarms' own definitions. @param from, to epoch milliseconds */
export async function raisedAlarms(
  { alarms }: Pick<MatrixSettings, "alarms">,
  metrics: Metrics,
  from: number,
  to: number,
): Promise<Raised[]> {
  const all = await Promise.all(alarms.map((alarm) => raisedBy(alarm as unknown as Alarm, metrics, from, to)));
  return all.flat().sort((a, b) => a.at - b.at);
}

async function raisedBy(alarm: Alarm, metrics: Metrics, from: number, to: number): Promise<Raised[]> {
  const period = alarm.metricQueries.find(({ metric }) => metric)!.metric!.period * 1_000;
  const raised: Raised[] = [];
  let breaching = 0;
  for (let at = from + period; at <= to; at += period) {
    const value = await valueOf(alarm, metrics, at - period, at);
    const before = breaching >= alarm.evaluationPeriods;
    breaching = breaches(alarm, value) ? breaching + 1 : 0;
    if (!before && breaching >= alarm.evaluationPeriods) raised.push({ alarm: alarm.name, at });
  }
  return raised;
}

function breaches({ comparisonOperator, threshold, treatMissingData }: Alarm, value: number | undefined): boolean {
  if (value === undefined) return treatMissingData === "breaching";
  if (comparisonOperator === "LessThanThreshold") return value < threshold;
  return comparisonOperator === "GreaterThanThreshold" ? value > threshold : value >= threshold;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
async function valueOf({ metricQueries }: Alarm, metrics: Metrics, from: number, to: number): Promise<number | undefined> {
  const series = metricQueries.flatMap(({ id, metric }) => (metric ? [[id, metrics.statistic(metric, from, to)] as const] : []));
  const expression = metricQueries.find((query) => query.expression)?.expression;
  if (expression === undefined) return series[0][1];
  const known = Object.fromEntries(series.filter(([, value]) => value !== undefined));
  const math = jsonata(expression.replace(/\b(IF|FILL|MAX)\(/g, "$$$1("));
  math.registerFunction("IF", (condition: boolean | undefined, yes?: number, no?: number) => (condition ? yes : no));
  math.registerFunction("MAX", (values: number[]) => Math.max(...values));
  math.registerFunction("FILL", (value: number | undefined, filling: number) => value ?? filling);
  return (await math.evaluate(known)) as number | undefined;
}
