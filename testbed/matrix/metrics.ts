/** What CloudWatch has of a run: points of metrics by namespace, name and dimensions. */
export class Metrics {
  private readonly points = new Map<string, { at: number; value: number }[]>();

  add(namespace: string, name: string, dimensions: Record<string, string>, value: number, at = Date.now()): void {
    const key = keyOf(namespace, name, dimensions);
    const points = this.points.get(key) ?? [];
    this.points.set(key, [...points, { at, value }]);
  }

  /** A statistic from a moment up to another; `undefined`: no data. */
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
