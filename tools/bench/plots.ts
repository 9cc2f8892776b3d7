import * as echarts from "echarts";
import type { Figure } from "./samples";

/** Draws a chart as SVG, 760 pixels wide. @param height pixels */
export function svgOf(option: echarts.EChartsCoreOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 760, height });
  chart.setOption({ animation: false, backgroundColor: "#ffffff", ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

const ink = "#222222";

/** Draws ratios that have a bound as bars. Ratio and bound stand in a column to the right of all bars. */
export function ratiosPlot(figures: readonly Figure[]): string {
  const ratios = figures.filter(({ unit, bound }) => unit === "×" && bound !== undefined).reverse();
  const bars = ratios.map(({ value, bound }) => ({ value, itemStyle: { color: value <= bound! ? "#4c8f6b" : "#c05b4d" } }));
  const bounds = ratios.map(({ bound }, row) => [bound, row]);
  const numbers = ratios.map(({ value, bound }) => `${value.toFixed(2)} × (bound ${bound} ×)`);
  const rows = { type: "category", axisTick: { show: false }, axisLine: { show: false } };
  return svgOf(
    {
      title: { text: "Measured ratios; the black line is the bound", left: "center", textStyle: { fontSize: 14 } },
      grid: { left: 280, right: 160, top: 40, bottom: 30 },
      xAxis: { type: "value", min: 0 },
      yAxis: [
        { ...rows, data: ratios.map(({ what }) => what), axisLabel: { width: 190, overflow: "break", color: ink } },
        { ...rows, position: "right", data: numbers, axisLabel: { color: ink } },
      ],
      series: [
        { type: "bar", data: bars },
        { type: "scatter", data: bounds, symbol: "rect", symbolSize: [3, 22], itemStyle: { color: ink } },
      ],
    },
    Math.max(360, ratios.length * 30 + 120),
  );
}

/** Two dashes, as the sign of a dashed line. */
const dashes = "path://M0 0h9v3h-9zM15 0h9v3h-9z";

/**
 * Returns a legend to the right of a plot, in the order of its lines from top to bottom. It is far enough from the ends of the lines that no
 * sign reads as their continuation.
 * @param left, top pixels
 * @param dashed names of the dashed lines
 */
export const legendBeside = (left: number, top: number, names: readonly string[], dashed: readonly string[] = []): object => ({
  data: names.map((name) => (dashed.includes(name) ? { name, icon: dashes } : name)),
  orient: "vertical",
  left,
  top,
  itemGap: 8,
  icon: "rect",
  itemHeight: 3,
});

type Point = readonly [x: number | string, y: number];

/** Returns a series whose name stands at the end of its line: no legend is needed. */
export function namedLine(name: string, points: readonly Point[], style: object = {}): object {
  return {
    type: "line",
    symbolSize: 5,
    data: points.map((value, index) => ({ value, label: { show: index === points.length - 1 } })),
    label: { position: "right", distance: 8, fontSize: 12, color: ink, textBorderWidth: 0, formatter: name },
    ...style,
  };
}

/** Draws the milliseconds of an event on the local run, by the number of clients. */
export function pipelinePlot(figures: readonly Figure[]): string | undefined {
  const counts = [...new Set(figures.flatMap(({ id }) => /^pipeline-rate-(\d+)$/.exec(id)?.[1] ?? []))];
  if (counts.length === 0) return undefined;
  const of = (id: string) => counts.map((count) => Math.round(figures.find((figure) => figure.id === `pipeline-${id}-${count}`)!.value));
  const lines = {
    "acknowledged p50": "acknowledged-p50",
    "acknowledged p99": "acknowledged-p99",
    "end to end p50": "processed-p50",
    "end to end p99": "processed-p99",
  } as const;
  const last = (name: keyof typeof lines) => of(lines[name]).at(-1)!;
  const names = (Object.keys(lines) as (keyof typeof lines)[]).sort((one, other) => last(other) - last(one));
  return svgOf(
    {
      title: { text: "Milliseconds for an event on the local run", left: "center", textStyle: { fontSize: 14 } },
      grid: { left: 70, right: 210, top: 50, bottom: 50 },
      xAxis: { type: "category", data: counts, boundaryGap: false, name: "clients that send at once", nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "log", name: "ms", min: 10 },
      legend: legendBeside(602, 50, names),
      series: names.map((name) => ({ name, type: "line", data: of(lines[name]) })),
    },
    400,
  );
}
