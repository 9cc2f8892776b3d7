import { namedLine, svgOf } from "../bench/plots";

/** Plan of a hosted webhook gateway, at the prices of September 20, 2026, as API Evangelist transcribed them. */
interface Plan {
  name: string;
  dollarsAMonth: number;
  includedEvents: number;
  dollarsAnEvent: number;
  /** Most events a month that the plan's rate limit lets in. */
  mostEvents: number;
  /** Page of the provider's prices. */
  source: string;
}

/** Events a month that are shown. */
const [leastEvents, mostEvents] = [1e4, 1e10];
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
  {
    name: "Svix Professional",
    dollarsAMonth: 490,
    includedEvents: 50_000,
    dollarsAnEvent: 1e-4,
    mostEvents,
    source: "https://www.svix.com/pricing/",
  },
];

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const axisLabel = { formatter: (value: number) => compact.format(value) };

type Curve = readonly (readonly [events: number, dollars: number])[];

/** Largest ratio of two values that still look like one line on an axis of six decades. */
const coinciding = 1.2;

/** Draws dollars a month over events a month, beside plans of hosted gateways. Lines that coincide are drawn once, under all their names. */
export function costPlot(curves: Readonly<Record<string, Curve>>): string {
  const option = {
    title: { text: "Dollars a month for events of 3 KB (us-east-1)", left: "center", textStyle: { fontSize: 14 } },
    grid: { left: 80, right: 150, top: 50, bottom: 50 },
    xAxis: { type: "log", min: leastEvents, max: mostEvents, name: "events a month", nameLocation: "middle", nameGap: 28, axisLabel },
    yAxis: { type: "log", name: "$", axisLabel },
    series: [
      ...merged(curves).map(({ names, curve }) => namedLine(names.length > 1 ? `${names.join(",\n")}\n(lines coincide)` : names[0], curve)),
      ...plans.map((plan) => namedLine(plan.name, curveOf(plan), { lineStyle: { type: "dashed" }, symbolSize: 0.1 })),
    ],
  };
  return svgOf(option, 420);
}

/** Returns a plan's price at half decades, as far as its rate limit reaches. */
function curveOf({ dollarsAMonth, includedEvents, dollarsAnEvent, mostEvents: most }: Plan): Curve {
  const halves = Array.from({ length: 13 }, (_, half) => Math.round(leastEvents * 10 ** (half / 2)));
  return [...halves.filter((events) => events < most), most].map((events) => [
    events,
    dollarsAMonth + Math.max(0, events - includedEvents) * dollarsAnEvent,
  ]);
}

/** Joins curves that coincide. */
export function merged(curves: Readonly<Record<string, Curve>>): { names: string[]; curve: Curve }[] {
  const lines: { names: string[]; curve: Curve }[] = [];
  for (const [name, curve] of Object.entries(curves)) {
    const same = lines.find((line) => coincide(line.curve, curve));
    if (same) same.names.push(name);
    else lines.push({ names: [name], curve });
  }
  return lines;
}

const coincide = (one: Curve, other: Curve) =>
  one.every(([, dollars], index) => Math.max(dollars / other[index][1], other[index][1] / dollars) < coinciding);
