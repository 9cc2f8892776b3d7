import { UsageError } from "../lib/errors";

/** The place in a list after which it continues. Several events may have the same time of receipt. */
export interface Place {
  /** Time of receipt of the last event listed. */
  receivedAt: string;
  /** The events of that time that were listed. */
  listed: string[];
}

/** Writes a place as text that a shell takes without quotes. */
export function cursorOf({ receivedAt, listed }: Place): string {
  return Buffer.from(JSON.stringify([receivedAt, ...listed])).toString("base64url");
}

/** Tells whether a text is a time as events have it: other forms are in no order with them. */
const isTime = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));

/** Reads a place. @param command that prints such cursors @throws UsageError if it is not a cursor */
export function readCursor(cursor: string, command = "events list"): Place {
  try {
    const [receivedAt, ...listed] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const isPlace = [receivedAt, ...listed].every((one) => typeof one === "string") && isTime(String(receivedAt));
    if (isPlace) return { receivedAt: receivedAt as string, listed: listed as string[] };
  } catch {
    // Refused below.
  }
  throw new UsageError(`--cursor is not one that "${command}" has printed. Leave it out to begin with the newest.`);
}
