import * as echarts from "echarts";
import { gateways } from "./gateways";

/** Events a month. */
const [leastEvents, mostEvents] = [1e4, 1e10];
/** How many events a plan holds is not known. */
const plansEndAt = 1e6;

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const axisLabel = { formatter: (value: number) => compact.format(value) };

/** Dollars a month over events a month, beside plans of hosted gateways, whose prices do not say how many events they hold. */
export function costPlot(curves: Readonly<Record<string, readonly (readonly [events: number, dollars: number])[]>>): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 760, height: 420 });
  const plans = gateways.map(({ name, dollarsAMonth, freeEvents = leastEvents }) => ({
    name,
    type: "line",
    data: [
      [freeEvents, dollarsAMonth],
      [plansEndAt, dollarsAMonth],
    ],
    symbol: "none",
    lineStyle: { type: "dashed" },
  }));
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    title: { text: "Dollars a month, by events of 3 KB a month (us-east-1)", left: "center", textStyle: { fontSize: 14 } },
    legend: { bottom: 0, itemGap: 28 },
    grid: { left: 90, right: 40, top: 40, bottom: 110 },
    xAxis: { type: "log", min: leastEvents, max: mostEvents, name: "events a month", nameLocation: "middle", nameGap: 28, axisLabel },
    yAxis: { type: "log", name: "$", axisLabel },
    series: [...Object.entries(curves).map(([name, data]) => ({ name, type: "line", data, symbolSize: 5 })), ...plans],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
