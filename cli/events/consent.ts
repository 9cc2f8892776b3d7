import { confirm } from "../lib/prompt";
import type { EventsOptions } from "./options";

/** On the local run, up to so many events are changed without a question. */
const asksAbove = 100;

/** Asks before a command changes a deployed stack, or many events of the local run. @returns whether it may go on */
export async function isAgreed(question: string, events: number, { stack, yes }: Pick<EventsOptions, "stack" | "yes">): Promise<boolean> {
  if (yes || events === 0 || (stack === undefined && events <= asksAbove)) return true;
  return confirm(question);
}

/** Writes a number of events: `1 event`, `2 events`. */
export function inEvents(count: number): string {
  return count === 1 ? "1 event" : `${count.toLocaleString("en")} events`;
}
