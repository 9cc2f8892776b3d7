import * as echarts from "echarts";
import type { Figure } from "./samples";

/** Draws a chart as SVG. @param height pixels */
export function svgOf(option: echarts.EChartsCoreOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 760, height });
  chart.setOption({ animation: false, backgroundColor: "#ffffff", ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

/** Ratios that have a bound, as bars beside it. */
export function ratiosPlot(figures: readonly Figure[]): string {
  const ratios = figures.filter(({ unit, bound }) => unit === "×" && bound !== undefined).reverse();
  const bar = ratios.map(({ value, bound }) => ({
    value: Number(value.toFixed(2)),
    itemStyle: { color: value <= bound! ? "#4c8f6b" : "#c05b4d" },
  }));
  const marks = ratios.map(({ bound }, row) => [bound, row]);
  return svgOf(
    {
      title: { text: "Ratios, and what they should be at most (line)", left: "center", textStyle: { fontSize: 14 } },
      grid: { left: 340, right: 60, top: 40, bottom: 30 },
      xAxis: { type: "value", min: 0 },
      yAxis: { type: "category", data: ratios.map(({ what }) => what), axisLabel: { width: 290, overflow: "break" } },
      series: [
        {
          type: "bar",
          data: bar,
          label: { show: true, position: "right", distance: 12, color: "#222222", textBorderWidth: 0, formatter: "{c}×" },
        },
        { type: "scatter", data: marks, symbol: "rect", symbolSize: [3, 22], itemStyle: { color: "#222222" } },
      ],
    },
    Math.max(360, ratios.length * 30 + 120),
  );
}

/** Returns what the pipeline on the local AWS takes for an event, by clients at once. */
export function pipelinePlot(figures: readonly Figure[]): string | undefined {
  const counts = [...new Set(figures.flatMap(({ id }) => /^pipeline-rate-(\d+)$/.exec(id)?.[1] ?? []))];
  if (counts.length === 0) return undefined;
  const of = (id: string) => counts.map((count) => Math.round(figures.find((figure) => figure.id === `pipeline-${id}-${count}`)!.value));
  const lines = {
    "acknowledged p50": "acknowledged-p50",
    "acknowledged p99": "acknowledged-p99",
    "end to end p50": "processed-p50",
    "end to end p99": "processed-p99",
  };
  return svgOf(
    {
      title: { text: "Milliseconds an event, by clients at once (local AWS)", left: "center", textStyle: { fontSize: 14 } },
      legend: { bottom: 0, itemGap: 28 },
      grid: { left: 70, right: 40, top: 40, bottom: 80 },
      xAxis: { type: "category", data: counts, name: "clients at once", nameLocation: "middle", nameGap: 24 },
      yAxis: { type: "log", name: "ms", min: 1 },
      series: Object.entries(lines).map(([name, id]) => ({ name, type: "line", data: of(id) })),
    },
    360,
  );
}
