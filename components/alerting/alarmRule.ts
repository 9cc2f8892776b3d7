import { metric, type MetricOf, type MetricScope } from "./metrics";

export type Comparison = "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";

/** Alarm on a metric, or on an expression over metrics, with a threshold. */
export interface AlarmRule {
  /** Name of the alarm, and of its heading in the runbook. */
  what: string;
  /** Destination that the alarm watches: its name ends in it. Absent: the alarm is the only one of its heading. */
  of?: string;
  description: string;
  metrics: Record<string, MetricOf>;
  /** Metric math over the IDs of `metrics`; absent: the one metric. */
  expression?: string;
  threshold: number;
  comparison: Comparison;
  /** Length of a period, in minutes. */
  minutes: number;
  /** Number of consecutive periods. */
  periods: number;
  /** `true` if missing data means that something is wrong. */
  silenceIsBad?: boolean;
}

/** Returns what distinguishes an alarm's name from those of the others. */
export const alarmWhat = ({ what, of }: AlarmRule): string => (of === undefined ? what : `${what}-${of}`);

const firstInFiveMinutes = { threshold: 0, comparison: "GreaterThanThreshold", minutes: 5, periods: 1 } as const;

/** Returns an alarm on one metric. Unless `changes` differ, the first occurrence in five minutes raises it. */
export function alarm(what: string, description: string, m: MetricOf, changes: Partial<AlarmRule> = {}): AlarmRule {
  return { what, description, metrics: { m }, ...firstInFiveMinutes, ...changes };
}

/** Returns an alarm on the sum of several metrics, each of which may lack data. */
export function sum(what: string, description: string, metrics: Record<string, MetricOf>): AlarmRule {
  const expression = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  return { what, description, metrics, expression: expression.join(" + "), ...firstInFiveMinutes };
}

/** Returns an alarm on the percentage of a function's invocations that fail. */
export function errorRate(what: string, description: string, runs: MetricScope): AlarmRule {
  const metrics = { errors: metric(runs, "Errors"), invocations: metric(runs, "Invocations") };
  const expression = "IF(invocations > 0, 100 * errors / invocations, 0)";
  return { what, description, metrics, expression, ...firstInFiveMinutes, threshold: 1 };
}
