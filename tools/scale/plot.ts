import { endLabel, labelLayout, svgOf } from "../bench/plots";
import type { Moment } from "./simulate";

export interface Panel {
  title: string;
  moments: readonly Moment[];
}

const [panelHeight, gap] = [190, 70];
/** Points of a curve; more could not be seen. */
const points = 240;
/** Hours that are shown; later, sources only resend more and more rarely. */
const hours = 6;

/** Draws rates and backlog over time, a panel for each trace. The axis of values is logarithmic. */
export function scalePlot(panels: readonly Panel[]): string {
  const top = (row: number) => 50 + row * (panelHeight + gap);
  const curves = { sent: "offered", acknowledged: "accepted", processed: "processed", "waiting (events)": "backlog" } as const;
  const option = {
    title: panels.map(({ title }, row) => ({ text: title, left: "center", top: top(row) - 32, textStyle: { fontSize: 13 } })),
    grid: panels.map((_, row) => ({ left: 80, right: 130, top: top(row), height: panelHeight - 20 })),
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
      name: row === 0 ? "a second" : "",
      axisLabel: { formatter: short },
    })),
    series: panels.flatMap(({ moments }, row) =>
      Object.entries(curves).map(([name, value]) => {
        const data = thinned(moments).map((moment) => [moment.second / 3_600, moment[value] >= 1 ? Math.round(moment[value]) : null]);
        const lineStyle = { width: 2, type: value === "backlog" ? "dashed" : "solid" };
        return { name, type: "line", symbol: "none", xAxisIndex: row, yAxisIndex: row, lineStyle, labelLayout, ...labeled(name, data) };
      }),
    ),
  };
  return svgOf(option, panels.length * (panelHeight + gap) + 20);
}

/** Names a line at its end, or in the middle if it ends before. */
function labeled(name: string, data: readonly (number | null)[][]) {
  if (data.at(-1)?.[1] != null) return { data, endLabel };
  const middle = Math.floor(data.length / 2);
  const label = { show: true, position: "top", color: "inherit", formatter: name };
  return { data: data.map((value, index) => (index === middle ? { value, symbol: "circle", symbolSize: 1, label } : value)) };
}

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const short = (value: number) => compact.format(value);

function thinned(moments: readonly Moment[]): Moment[] {
  const shown = moments.filter(({ second }) => second <= hours * 3_600);
  const every = Math.max(1, Math.ceil(shown.length / points));
  return shown.filter((_, index) => index % every === 0);
}
