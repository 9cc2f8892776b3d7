import { ownCommandLine, optionWords, quoted } from "../cli/lib/shell";
import type { Session } from "../cli/console/api";
import type { Query } from "./client";

/** Writes a command line that does what a view shows. */
export function commandFor({ stack }: Pick<Session, "stack">, words: readonly string[], options: Query = {}): string {
  const given = Object.entries({ ...options, stack: stack ?? undefined }).filter(([, value]) => value !== "");
  return ownCommandLine([...words, ...optionWords(Object.fromEntries(given))]);
}

/** Writes a command line that posts an event's exact body to a service on this machine. */
export function curlFor(session: Pick<Session, "stack">, id: string, mediaType: string): string {
  const show = commandFor(session, ["events", "show", id, "--payload"]);
  return `${show} | curl --data-binary @- -H ${quoted(`content-type: ${mediaType}`)} http://127.0.0.1:3000/hooks`;
}
