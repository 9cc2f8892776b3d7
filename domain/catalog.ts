import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { ProviderDescription } from "./description";

/** A provider of the catalog: its description, and what docs/catalog.md says about it. */
export interface CatalogEntry extends ProviderDescription {
  /** As the provider writes its name. */
  title: string;
  /** Page that describes the signature. */
  documentation: string;
  /** When the provider sends an event again; absent: its documentation that was read does not say. */
  retries?: string;
  /** Seconds within which the provider expects an answer; absent: its documentation that was read does not say. */
  timeoutSeconds?: number;
  /** Steps to find or create the signing secret. */
  secret?: readonly string[];
  /** Some of its event types. */
  events?: readonly string[];
}

const folder = path.join(__dirname, "catalog");

/** Names of the catalog's providers, in alphabetical order: a file each. */
export const catalogProviders: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => path.basename(file, ".json"))
  .sort();

/** Reads a provider of the catalog. @throws Error if there is none of this name */
export function readCatalog(name: string): CatalogEntry {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), "utf8")) as CatalogEntry;
}

/** Keys of an entry that are for people alone. */
const documented: readonly string[] = [
  "title",
  "documentation",
  "retries",
  "timeoutSeconds",
  "secret",
  "events",
] satisfies (keyof CatalogEntry)[];

/** Returns the description alone, as the receiver gets it. */
export function descriptionOf(name: string): ProviderDescription {
  const described = Object.entries(readCatalog(name)).filter(([key]) => !documented.includes(key));
  return Object.fromEntries(described) as unknown as ProviderDescription;
}
