import type { GraphResource } from "../../preflight/graph/resource";
import { parseJson } from "../../preflight/json";

/** A step into a value: a key, an index, or `json` for parsing a text. */
export type PathStep = string | number | typeof json;
export const json = Symbol("json");

/** One change of one resource of a graph, as an author's slip could cause it. */
export interface Mutation {
  kind: MutationKind;
  type: string;
  name: string;
  path: readonly PathStep[];
  change: "removed" | "altered";
}

export type MutationKind =
  | "statement"
  | "action"
  | "principal"
  | "condition"
  | "resource"
  | "state"
  | "dependency"
  | "reference"
  | "property";

/** Describes a change and its place. */
export function describeMutation({ kind, type, name, path, change }: Mutation): string {
  const place = path
    .filter((step) => step !== json)
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .slice(1);
  return `${type} ${name}: ${kind} ${place} ${change}`;
}

/** Copies a graph with one change; returns `undefined` if the graph has no such place. */
export function mutate(resources: readonly GraphResource[], mutation: Mutation): GraphResource[] | undefined {
  const index = resources.findIndex(({ type, name }) => type === mutation.type && name === mutation.name);
  if (index < 0) return undefined;
  const copy = structuredClone(resources[index]);
  if (!changeAt(copy, mutation.path, mutation.change)) return undefined;
  return resources.map((resource, position) => (position === index ? copy : resource));
}

/** Changes a value in place. @returns false if there is none */
function changeAt(holder: unknown, [step, ...rest]: readonly PathStep[], change: Mutation["change"]): boolean {
  if (typeof holder !== "object" || holder === null || step === json || !Object.hasOwn(holder, step)) return false;
  const target = holder as Record<Exclude<PathStep, typeof json>, unknown>;
  if (rest.length === 0) {
    if (change === "altered") target[step] = altered(target[step]);
    else if (Array.isArray(holder)) holder.splice(step as number, 1);
    else delete target[step];
    return true;
  }
  if (rest[0] !== json) return changeAt(target[step], rest, change);
  const parsed = parseEmbedded(target[step]);
  if (parsed === undefined || !changeAt(parsed, rest.slice(1), change)) return false;
  target[step] = JSON.stringify(parsed);
  return true;
}

/** Returns another value of the same type: the opposite, a larger number, a different text. */
function altered(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value * 2 + 1;
  return `${String(value)}x`;
}

/** Parses text with a JSON object or array. @returns `undefined` for anything else */
export function parseEmbedded(text: unknown): unknown {
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? value : undefined;
}
