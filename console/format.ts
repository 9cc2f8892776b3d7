import type { Count } from "../cli/console/api";
import type { EventWithAmount } from "../cli/events/list";

export type Clock = "UTC" | "local";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const twoDigits = (value: number) => String(value).padStart(2, "0");

/** Numbers of a moment in UTC or in the browser's time zone. */
function partsOf(time: number, clock: Clock) {
  const date = new Date(clock === "UTC" ? time : time - new Date(time).getTimezoneOffset() * 60_000);
  const [day, rest] = date.toISOString().split("T");
  return { day, month: months[date.getUTCMonth()], date: date.getUTCDate(), clockTime: rest.slice(0, 8), millis: rest.slice(8, 12) };
}

/** Writes a moment for a list: `Nov 27 14:45:03`. */
export function inShort(at: string, clock: Clock): string {
  const { month, date, clockTime } = partsOf(Date.parse(at), clock);
  return `${month} ${twoDigits(date)} ${clockTime}`;
}

/** Writes a moment in full: `2026-11-27 14:45:03.123`. */
export function inFull(at: string, clock: Clock): string {
  const { day, clockTime, millis } = partsOf(Date.parse(at), clock);
  return `${day} ${clockTime}${millis}`;
}

/** Writes the time of day: `14:45`. */
export const inMinutes = (at: string | number, clock: Clock): string => partsOf(new Date(at).getTime(), clock).clockTime.slice(0, 5);

/** Writes the time of day: `14:45:03`. */
export const inSeconds = (at: string, clock: Clock): string => partsOf(Date.parse(at), clock).clockTime;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Writes a duration of milliseconds with the precision that matters: `38 ms`, `1.2 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function inDuration(ms: number): string {
  // What is rounded up belongs to the next unit.
  if (ms < second - 0.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / second).toFixed(1)} s`;
  if (ms < minute - 500) return `${Math.round(ms / second)} s`;
  if (ms < minute) return "1 min 00 s";
  if (ms < hour) return `${Math.floor(ms / minute)} min ${twoDigits(Math.floor((ms % minute) / second))} s`;
  if (ms < day) return `${Math.floor(ms / hour)} h ${twoDigits(Math.floor((ms % hour) / minute))} min`;
  return `${Math.floor(ms / day)} d ${Math.floor((ms % day) / hour)} h`;
}

/** Writes how old something is, in one unit: `12 s`, `3 min`, `2 h`, `4 d`. */
export function inAge(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d`;
}

/** Writes a number with separators: `1,234`. */
export const inNumber = (value: number): string => value.toLocaleString("en-US");

/** Writes a count that may end at a bound: `1,000+`. */
export const inCount = ({ count, capped }: Count): string => `${inNumber(count)}${capped ? "+" : ""}`;

/** Writes a number of things: `1 event`, `3 events`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${inNumber(count)} ${count === 1 ? one : many}`;

/** Writes an amount in major units: `149.00 EUR`. */
export function inMajorUnits({ value, currency, exponent }: NonNullable<EventWithAmount["amount"]>): string {
  const digits = String(Math.abs(value)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = exponent > 0 ? `.${digits.slice(digits.length - exponent)}` : "";
  return `${value < 0 ? "−" : ""}${whole}${fraction} ${currency}`;
}

/** Writes a number of bytes: `812 B`, `4.1 KB`, `1.2 MB`. */
export function inBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 * 1_024) return `${(bytes / 1_024).toFixed(1)} KB`;
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MB`;
}
