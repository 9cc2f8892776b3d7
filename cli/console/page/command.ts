import type { Session } from "../api";
import type { Query } from "./client";

/**
 * Writes a command line that does what a view shows, for a POSIX shell. Transaction IDs come from outside: each word is quoted unless it is
 * harmless.
 */
export function commandFor({ stack }: Pick<Session, "stack">, words: readonly string[], options: Query = {}): string {
  const given = Object.entries({ ...options, stack: stack ?? undefined });
  const ofOptions = given.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`--${name}`, String(value)]));
  return ["npx", "webhook-pipeline", ...[...words, ...ofOptions].map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Writes a command line that posts an event's exact body to a service on this machine. */
export function curlFor(session: Pick<Session, "stack">, id: string, mediaType = "application/json"): string {
  const show = commandFor(session, ["events", "show", id, "--payload"]);
  return `${show} | curl --data-binary @- -H ${quoted(`content-type: ${mediaType}`)} http://127.0.0.1:3000/hooks`;
}
