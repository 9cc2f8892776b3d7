import { randomInt, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { ProviderDescription, TimeUnit } from "../domain/description";

type Value = unknown;

/** Type of a sample that has none. */
const ownType = "parcel.delivered";

/** Reads the sample of a provider without code; one without a sample of its own gets that of `custom`. */
function readSample(provider: string): Value {
  const own = path.join(__dirname, "samples", "catalog", `${provider}.json`);
  const file = existsSync(own) ? own : path.join(__dirname, "samples", "custom.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * Returns a sample of a described provider, with an ID and times of its own, so that it is no duplicate.
 * @param type the event type, if the body says it; otherwise the sample's own
 */
export function describedSample(provider: string, description: ProviderDescription, now: Date, type?: string): Value {
  const { identity, occurredAt, time, items } = description;
  let sample = readSample(provider);
  const inItem = (keys: string) => [...(items === undefined ? [] : items === "" ? ["0"] : [...items.split("."), "0"]), ...keys.split(".")];
  const set = (keys: string, value: (before: Value) => Value) => (sample = withValue(sample, inItem(keys), value));
  if ("paths" in identity) set(identity.paths[0], freshId);
  else if (!Array.isArray(sample)) sample = { ...(sample as object), sample: randomUUID() };
  if (occurredAt) set(occurredAt.path, () => timeIn(occurredAt.unit, now));
  if (time && "path" in time) sample = withValue(sample, time.path.split("."), () => timeIn(time.unit, now));
  const isTyped = type !== undefined || usualTypeOf(provider, description) === ownType;
  if (isTyped && description.type && "paths" in description.type) {
    const { paths, join = "." } = description.type;
    const texts = paths.length === 1 ? [type ?? ownType] : (type ?? ownType).split(join);
    for (const [index, one] of paths.entries()) set(one, () => texts[index]);
  }
  return sample;
}

/** Returns the keys of the first item; without items, none. */
function itemKeys(items: string | undefined): string[] {
  if (items === undefined) return [];
  return items === "" ? ["0"] : [...items.split("."), "0"];
}

const freshId = (before: Value) => (typeof before === "number" ? randomInt(2 ** 47) : randomUUID());

/** Returns a time as a provider writes it. */
export function timeIn(unit: TimeUnit, now: Date): string | number {
  return unit === "rfc3339" ? now.toISOString() : Math.floor(now.getTime() / (unit === "seconds" ? 1_000 : 1));
}

/** Returns a value with another one at a path; keys of digits are indexes of an array. */
export function withValue(value: Value, [key, ...rest]: readonly string[], change: (before: Value) => Value): Value {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? withValue(one, rest, change) : one));
  const object = (typeof value === "object" && value !== null ? value : {}) as Record<string, Value>;
  return { ...object, [key]: withValue(object[key], rest, change) };
}

/** Returns the usual type of a described provider's sample, as the receiver reads it; `undefined` if the body does not say it. */
export function usualTypeOf(provider: string, description: ProviderDescription): string | undefined {
  const { type, items } = description;
  if (type === undefined || !("paths" in type)) return undefined;
  const sample = readSample(provider);
  const texts = type.paths.map((keys) =>
    [...itemKeys(items), ...keys.split(".")].reduce<Value>((value, key) => (value as Record<string, Value> | undefined)?.[key], sample),
  );
  const found = texts.filter((text) => text !== undefined);
  return found.length > 0 ? found.join(type.join ?? ".") : ownType;
}
