import type { z } from "zod";

/** Says what is wrong with a value: where, what, and what is allowed. */
export function problem(place: string, value: unknown, allowed: string): string {
  const shown = value === undefined ? "is missing, but " : confidential.test(place) ? "" : `is ${JSON.stringify(value)}, but `;
  return `${place} ${shown}must be ${allowed}${/[.?]$/.test(allowed) ? "" : "."}`;
}

/** An endpoint may be a secret, and may have been written anywhere in the list. */
const confidential = /^alertSubscriptions\b/;

/** Returns a sentence for each thing that a schema refuses in the given values. */
export function problemsIn(error: z.ZodError, given: unknown): string[] {
  return [...new Set(error.issues.flatMap((issue) => sentences(issue, given)))];
}

function sentences(issue: z.core.$ZodIssue, given: unknown): string[] {
  const { place, value } = locate(given, issue.path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(place, key, issue.message.split(", ")));
  if (issue.code === "custom" && issue.params?.contradiction) return [`${place} ${issue.message}`];
  return [problem(place, value, issue.message)];
}

/** Follows a path as far as it was written: the text "stripe" may stand for an object. */
function locate(given: unknown, path: PropertyKey[]): { place: string; value: unknown } {
  let place = "";
  let value = given;
  for (const part of path) {
    if (typeof value !== "object" || value === null) break;
    place += typeof part === "number" ? `[${part}]` : place === "" ? String(part) : `.${String(part)}`;
    value = Reflect.get(value, part);
  }
  return { place, value };
}

function unknownKey(place: string, key: string, keys: string[]): string {
  const suggestion = didYouMean(key, keys);
  if (place === "") return `Unknown key ${key}.${suggestion} README.md has the table of keys.`;
  const allowed = suggestion || ` Allowed: ${keys.join(", ")}.`;
  if (confidential.test(place)) return `${place} has an unknown key.${allowed}`;
  return `${place}.${key} is an unknown key.${allowed} docs/providers.md shows them all.`;
}

/** Returns ` Did you mean "…"?` with what is nearest to a misspelt word, or nothing if nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(word.length, candidate.length) / 3)
    .sort((a, b) => a.distance - b.distance);
  return nearest ? ` Did you mean "${nearest.candidate}"?` : "";
}

/** Counts the letters to insert, delete or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1));
    row = next;
  }
  return row[to.length];
}
