import { legendBeside, svgOf } from "../bench/plots";
import type { Moment } from "./simulate";

export interface Panel {
  title: string;
  moments: readonly Moment[];
}

const [panelHeight, gap] = [190, 70];
/** Points of a curve. More would not be visible. */
const points = 240;
/** Hours shown. After them, only rare retries follow. */
const hours = 6;

/** Draws rates and backlog over time, a panel for each trace with the legend beside it. The vertical axes are logarithmic. */
export function scalePlot(panels: readonly Panel[]): string {
  const top = (row: number) => 50 + row * (panelHeight + gap);
  const curves = {
    "waiting, events": "backlog",
    "sent / s": "offered",
    // Wide, so that it can be seen where the next one lies on it.
    "acknowledged / s": "accepted",
    "processed / s": "processed",
  } as const;
  const option = {
    title: panels.map(({ title }, row) => ({ text: title, left: "center", top: top(row) - 32, textStyle: { fontSize: 13 } })),
    legend: panels.map((_, row) => legendBeside(605, top(row), Object.keys(curves), ["waiting, events"])),
    grid: panels.map((_, row) => ({ left: 60, right: 200, top: top(row), height: panelHeight - 20 })),
    xAxis: panels.map((_, row) => ({
      type: "value",
      gridIndex: row,
      min: 0,
      max: hours,
      name: "hours",
      nameLocation: "middle",
      nameGap: 22,
    })),
    yAxis: panels.map((_, row) => ({
      type: "log",
      gridIndex: row,
      min: 1,
      axisLabel: { formatter: short },
    })),
    series: panels.flatMap(({ moments }, row) =>
      Object.entries(curves).map(([name, value]) => ({
        name,
        type: "line",
        symbol: "none",
        xAxisIndex: row,
        yAxisIndex: row,
        lineStyle: { width: value === "accepted" ? 7 : 2, type: value === "backlog" ? "dashed" : "solid" },
        data: thinned(moments).map((moment) => [moment.second / 3_600, moment[value] >= 1 ? Math.round(moment[value]) : null]),
      })),
    ),
  };
  return svgOf(option, panels.length * (panelHeight + gap) + 20);
}

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const short = (value: number) => compact.format(value);

function thinned(moments: readonly Moment[]): Moment[] {
  const shown = moments.filter(({ second }) => second <= hours * 3_600);
  const every = Math.max(1, Math.ceil(shown.length / points));
  return shown.filter((_, index) => index % every === 0);
}
