import type { z } from "zod";

/** Describes an invalid value in one sentence: where it is, what it is, and what is allowed. */
export function problem(place: string, value: unknown, allowed: string): string {
  const what = value === undefined ? "missing" : confidential.test(place) ? "invalid" : shown(value);
  return `${place} is ${what}. Allowed: ${allowed}${/[.?]$/.test(allowed) ? "" : "."}`;
}

/** Shows a value as JSON; numbers that JSON does not have, such as `NaN`, as JavaScript does. */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : JSON.stringify(value);
}

/** Matches the places whose values are never shown: an endpoint may be a secret, and may be anywhere in the list. */
const confidential = /^alertSubscriptions\b/;

/** Tells whether the value at a place is never shown. */
export const isConfidential = (place: string): boolean => confidential.test(place);

/** What is wrong, in a sentence, and where: the path of a value, such as `sources[0].name`. */
export interface Problem {
  place: string;
  sentence: string;
}

/** Returns a problem for each thing that the schema refuses in the given values, without repetitions. */
export function problemsIn(error: z.ZodError, given: unknown): Problem[] {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, given));
  return [...new Map(problems.map((one) => [one.sentence, one])).values()];
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown): Problem[] {
  const { place, value } = locate(given, issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      place: place === "" ? key : `${place}.${key}`,
      sentence: unknownKey(place, key, issue.message.split(", ")),
    }));
  if (issue.code === "custom" && issue.params?.contradiction) return [{ place, sentence: `${place} ${issue.message}` }];
  return [{ place, sentence: problem(place, value, issue.message) }];
}

/** Follows a path as far as the values go: the string "stripe" may stand for an object. */
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
  if (place === "") return `Unknown key "${key}".${suggestion} README.md lists all keys.`;
  const allowed = ` Allowed: ${keys.join(", ")}.`;
  if (confidential.test(place)) return `${place} has an unknown key.${allowed}`;
  return `${place} has the unknown key "${key}".${suggestion}${allowed} See docs/${place.startsWith("destinations") ? "destinations" : "providers"}.md.`;
}

/**
 * Returns ` Did you mean "…"?` with the known word that is nearest to a misspelled one; "" if none is near. A typo changes a sixth of the
 * letters at most. Otherwise, a word counts as near if it is a part of the other one, as `burst` is of `throttleBurst`: `keptEvents`
 * suggests `events`, not `testEvents`.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const [typo] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 6)))
    .sort((a, b) => a.distance - b.distance);
  const nearest = typo?.candidate ?? known.find((candidate) => isPartOf(candidate, word) || isPartOf(word, candidate));
  return nearest ? ` Did you mean "${nearest}"?` : "";
}

/**
 * Counts the letters to insert, delete, replace or swap with their neighbor (optimal string alignment).
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[to.length];
}

/** Tells whether a camel-case word begins or ends with all words of another one. */
function isPartOf(part: string, whole: string): boolean {
  const [few, many] = [part, whole].map((text) => text.split(/(?=[A-Z])/).map((one) => one.toLowerCase()));
  if (few.length >= many.length) return false;
  return [many.slice(0, few.length), many.slice(-few.length)].some((some) => some.join() === few.join());
}
