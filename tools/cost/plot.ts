import { endLabel, labelLayout, svgOf } from "../bench/plots";

/** Plan of a hosted webhook gateway. Prices of September 20, 2026, as API Evangelist transcribed them. */
interface Plan {
  name: string;
  dollarsAMonth: number;
  includedEvents: number;
  dollarsAnEvent: number;
  /** Most events a month, where the plan has a rate limit. */
  mostEvents?: number;
  source: string;
}

const secondsAMonth = 2_628_000;
const plans: readonly Plan[] = [
  {
    name: "Hookdeck Team",
    dollarsAMonth: 39,
    includedEvents: 10_000,
    dollarsAnEvent: 1e-5,
    mostEvents: 5 * secondsAMonth,
    source: "https://hookdeck.com/pricing",
  },
  { name: "Svix Professional", dollarsAMonth: 490, includedEvents: 50_000, dollarsAnEvent: 1e-4, source: "https://www.svix.com/pricing/" },
];

/** Events a month that are shown. */
const [leastEvents, mostShown] = [1e4, 1e10];

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const axisLabel = { formatter: (value: number) => compact.format(value) };

type Curve = readonly (readonly [events: number, dollars: number])[];

/** Draws dollars a month over events a month, beside plans of hosted gateways. */
export function costPlot(curves: Readonly<Record<string, Curve>>): string {
  const hosted = plans.map((plan) => ({
    name: plan.name,
    type: "line",
    data: curveOf(plan),
    symbol: "none",
    lineStyle: { type: "dashed" },
    endLabel,
    labelLayout,
  }));
  const own = Object.entries(curves).map(([name, data]) => ({ name, type: "line", data, symbolSize: 5, endLabel, labelLayout }));
  const option = {
    title: { text: "Dollars a month, by events of 3 KB a month (us-east-1)", left: "center", textStyle: { fontSize: 14 } },
    grid: { left: 70, right: 190, top: 40, bottom: 50 },
    xAxis: { type: "log", min: leastEvents, max: mostShown, name: "events a month", nameLocation: "middle", nameGap: 28, axisLabel },
    yAxis: { type: "log", min: 10, name: "$", axisLabel },
    series: [...own, ...hosted],
  };
  return svgOf(option, 420);
}

/** Returns a plan's price at half decades, as far as its rate limit reaches. */
function curveOf({ dollarsAMonth, includedEvents, dollarsAnEvent, mostEvents: most = mostShown }: Plan): Curve {
  const halves = Array.from({ length: 13 }, (_, half) => Math.round(leastEvents * 10 ** (half / 2)));
  const events = [...halves.filter((count) => count < most), most];
  return events.map((count) => [count, dollarsAMonth + Math.max(0, count - includedEvents) * dollarsAnEvent] as const);
}
