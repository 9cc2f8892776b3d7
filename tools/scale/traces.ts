/** Arrivals over time. The API may stop answering for a while, or the workflow may stand still. */
export interface Trace {
  id: "steady" | "peak" | "storm" | "standstill";
  what: string;
  /** First deliveries a second, at this second. */
  arrivals: (second: number) => number;
  seconds: number;
  available?: (second: number) => boolean;
  working?: (second: number) => boolean;
}

const [minute, hour] = [60, 3_600];

/** Part of the busiest rate that arrives in an ordinary second. */
const ordinary = 1 / 5;

export function tracesOf(rate: number): Trace[] {
  return [
    { id: "steady", what: "Steady: the full rate for an hour", arrivals: () => rate, seconds: hour },
    {
      id: "peak",
      what: "Black Friday: a fifth of the rate, up within 10 min, 30 min at the top, down in an hour",
      arrivals: (second) => rate * dayShape(second),
      seconds: 4 * hour,
    },
    {
      id: "storm",
      what: "Retry storm: a fifth of the rate, and no answers for 30 min",
      arrivals: () => rate * ordinary,
      seconds: 4 * hour,
      available: outsideOutage,
    },
    {
      id: "standstill",
      what: "Standstill: a fifth of the rate, and no workflow for 30 min",
      arrivals: () => rate * ordinary,
      seconds: 4 * hour,
      working: outsideOutage,
    },
  ];
}

const outsideOutage = (second: number) => second < hour || second >= 1.5 * hour;

/** Rises from the ordinary part to one, and falls back. */
function dayShape(second: number): number {
  const [rises, full, falls, over] = [hour, hour + 10 * minute, hour + 40 * minute, hour + 100 * minute];
  const between = (from: number, to: number) => (second - from) / (to - from);
  if (second < rises || second >= over) return ordinary;
  if (second < full) return ordinary + (1 - ordinary) * between(rises, full);
  if (second < falls) return 1;
  return 1 - (1 - ordinary) * between(falls, over);
}
