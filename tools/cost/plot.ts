import { svgOf } from "../bench/plots";

const source = "https://dev.to/emithq/why-we-built-emithq-the-49-490-webhook-pricing-gap-npd";

/** Hosted webhook gateways: the plan with which paying begins, or the first that is not bound to a few events a second; as a competitor of
 * theirs tells. */
const gateways: readonly { name: string; dollarsAMonth: number; freeEvents: number | undefined; source: string }[] = [
  { name: "Svix, first paid plan", dollarsAMonth: 490, freeEvents: 50_000, source },
  { name: "Hookdeck, Growth", dollarsAMonth: 499, freeEvents: 10_000, source },
  { name: "Convoy, first paid plan", dollarsAMonth: 99, freeEvents: undefined, source },
];

/** Events a month. */
const [leastEvents, mostEvents] = [1e4, 1e10];
/** How many events a plan holds is not known. */
const plansEndAt = 1e6;

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const axisLabel = { formatter: (value: number) => compact.format(value) };

/** Dollars a month over events a month, beside plans of hosted gateways, whose prices do not say how many events they hold. */
export function costPlot(curves: Readonly<Record<string, readonly (readonly [events: number, dollars: number])[]>>): string {
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
  const option = {
    title: { text: "Dollars a month, by events of 3 KB a month (us-east-1)", left: "center", textStyle: { fontSize: 14 } },
    legend: { bottom: 0, itemGap: 28 },
    grid: { left: 90, right: 40, top: 40, bottom: 110 },
    xAxis: { type: "log", min: leastEvents, max: mostEvents, name: "events a month", nameLocation: "middle", nameGap: 28, axisLabel },
    yAxis: { type: "log", name: "$", axisLabel },
    series: [...Object.entries(curves).map(([name, data]) => ({ name, type: "line", data, symbolSize: 5 })), ...plans],
  };
  return svgOf(option, 420);
}
