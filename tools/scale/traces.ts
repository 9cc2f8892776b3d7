/** How events arrive: first deliveries a second at each second, for so many seconds; the API may answer nothing for a while, or the workflow stand still. */
export interface Trace {
  id: "steady" | "peak" | "storm" | "standstill";
  what: string;
  arrivals: (second: number) => number;
  seconds: number;
  available?: (second: number) => boolean;
  working?: (second: number) => boolean;
}

const [minute, hour] = [60, 3_600];

/** Of an ordinary second, where the asked rate is that of the busiest one. */
const ordinary = 1 / 5;

export function tracesOf(rate: number): Trace[] {
  return [
    { id: "steady", what: "steady, an hour", arrivals: () => rate, seconds: hour },
    {
      id: "peak",
      what: "Black Friday: from a fifth within ten minutes, half an hour, and back in an hour",
      arrivals: (second) => rate * dayShape(second),
      seconds: 4 * hour,
    },
    {
      id: "storm",
      what: "retry storm: a fifth, and half an hour in which nobody gets an answer",
      arrivals: () => rate * ordinary,
      seconds: 4 * hour,
      available: outsideOutage,
    },
    {
      id: "standstill",
      what: "standstill: a fifth, and half an hour in which the workflow takes nothing",
      arrivals: () => rate * ordinary,
      seconds: 4 * hour,
      working: outsideOutage,
    },
  ];
}

const outsideOutage = (second: number) => second < hour || second >= 1.5 * hour;

/** Shapes a day's traffic from the ordinary to its peak, and back. */
function dayShape(second: number): number {
  const [rises, full, falls, over] = [hour, hour + 10 * minute, hour + 40 * minute, hour + 100 * minute];
  const between = (from: number, to: number) => (second - from) / (to - from);
  if (second < rises || second >= over) return ordinary;
  if (second < full) return ordinary + (1 - ordinary) * between(rises, full);
  if (second < falls) return 1;
  return 1 - (1 - ordinary) * between(falls, over);
}
