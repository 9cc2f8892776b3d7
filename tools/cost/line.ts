import { dollarsFor, type Price } from "./prices";

/** A line of the bill. */
export interface Line {
  /** `rows`: what deliveries leave in their table. `fixed`: what does not grow with the events. */
  group: "requests" | "functions" | "table" | "workflow" | "events" | "logs" | "trail" | "deliveries" | "rows" | "fixed";
  what: string;
  units: number;
  dollars: number;
  /** True if it rests on an estimate, not on the stack and measured values. */
  estimated: boolean;
}

/** Prices a number of units. */
export function line(group: Line["group"], what: string, price: Price, units: number, estimated = false): Line {
  return { group, what, units, dollars: dollarsFor(price, units), estimated };
}

export const gigabyte = 1e9;
export const daysAMonth = 365 / 12;
export const hoursAMonth = 730;
export const minutesAMonth = 60 * 24 * daysAMonth;
