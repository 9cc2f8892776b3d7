import jsonata from "jsonata";
import type { Metrics, MetricStat } from "./metrics";
import type { Settings } from "./settings";

/** A metric alarm as it is deployed. */
interface Alarm {
  name: string;
  comparisonOperator: string;
  threshold: number;
  evaluationPeriods: number;
  treatMissingData: string;
  metricQueries: { id: string; expression?: string; metric?: MetricStat }[];
}

/** An alarm that is raised, and when, epoch milliseconds. */
export interface Raised {
  alarm: string;
  at: number;
}

/** Every time an alarm is raised up to a moment, by the alarms' own definitions; periods are whole ones of the clock. */
export async function raisedAlarms({ alarms }: Settings, metrics: Metrics, from: number, to: number): Promise<Raised[]> {
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
  const math = jsonata(expression.replace(/\b(IF|FILL)\(/g, "$$$1("));
  math.registerFunction("IF", (condition: boolean | undefined, yes?: number, no?: number) => (condition ? yes : no));
  math.registerFunction("FILL", (value: number | undefined, filling: number) => value ?? filling);
  return (await math.evaluate(known)) as number | undefined;
}
