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

/** Names a line where it ends; labels that would overlap move apart. */
export const endLabel = { show: true, distance: 6, color: "inherit", formatter: "{a}" } as const;
export const labelLayout = { moveOverlap: "shiftY" } as const;

/** Draws the ratios that have a bound: a bar for each, and a line at its bound. */
export function ratiosPlot(figures: readonly Figure[]): string {
  const ratios = figures.filter(({ unit, bound }) => unit === "×" && bound !== undefined).reverse();
  const bar = ratios.map(({ value, bound }) => ({
    value: Number(value.toFixed(2)),
    itemStyle: { color: value <= bound! ? "#4c8f6b" : "#c05b4d" },
  }));
  const marks = ratios.map(({ bound }, row) => [bound, row]);
  const greatest = Math.max(...ratios.flatMap(({ value, bound }) => [value, bound!]));
  return svgOf(
    {
      title: { text: "Ratios (bar), and the most that each should be (line)", left: "center", textStyle: { fontSize: 14 } },
      grid: { left: 350, right: 30, top: 40, bottom: 30 },
      // Room for the label of the greatest bound.
      xAxis: { type: "value", min: 0, max: Math.ceil(greatest * 11.5) / 10, axisLabel: { showMaxLabel: false } },
      yAxis: { type: "category", data: ratios.map(({ what }) => what), axisLabel: { width: 260, overflow: "break", lineHeight: 14 } },
      series: [
        {
          type: "bar",
          data: bar,
          label: { show: true, position: "insideLeft", color: "#ffffff", textBorderWidth: 0, formatter: "{c}×" },
        },
        {
          type: "scatter",
          data: marks,
          symbol: "rect",
          symbolSize: [3, 22],
          itemStyle: { color: "#222222" },
          label: { show: true, position: "right", formatter: ({ value }: { value: number[] }) => `${value[0]}×`, color: "#222222" },
        },
      ],
    },
    Math.max(360, ratios.length * 30 + 120),
  );
}

/** Draws the milliseconds that an event takes on the local AWS, by clients at once. @returns `undefined` if none was measured */
export function pipelinePlot(figures: readonly Figure[]): string | undefined {
  const counts = [...new Set(figures.flatMap(({ id }) => /^pipeline-rate-(\d+)$/.exec(id)?.[1] ?? []))];
  if (counts.length === 0) return undefined;
  const of = (id: string) => counts.map((count) => Math.round(figures.find((figure) => figure.id === `pipeline-${id}-${count}`)!.value));
  const lines = {
    "acknowledged, p50": "acknowledged-p50",
    "acknowledged, p99": "acknowledged-p99",
    "end to end, p50": "processed-p50",
    "end to end, p99": "processed-p99",
  };
  return svgOf(
    {
      title: { text: "Milliseconds an event, by clients at once (local AWS)", left: "center", textStyle: { fontSize: 14 } },
      grid: { left: 70, right: 130, top: 40, bottom: 50 },
      xAxis: { type: "category", data: counts, name: "clients at once", nameLocation: "middle", nameGap: 24, boundaryGap: false },
      yAxis: { type: "log", name: "ms", min: 1 },
      series: Object.entries(lines).map(([name, id]) => ({ name, type: "line", data: of(id), endLabel, labelLayout })),
    },
    340,
  );
}
