import { readFileSync } from "node:fs";
import * as path from "node:path";
import { sourcesFileName, type CodedProvider, type SourceSettings } from "../domain/sources";
import { Refusal } from "./errors";
import { providers } from "./sources";
import { describedProvider } from "./sources/described/provider";
import type { Provider } from "./sources/lib/types";

/** Source of this stack with its provider's code. */
export interface ConfiguredSource {
  name: string;
  provider: Provider;
  settings: SourceSettings;
}

let known: { file: string; sources: Map<string, ConfiguredSource> } | undefined;

/**
 * Returns a source by name; `undefined` if this stack has no such source. The file is read once: it changes only with the function's code.
 * @throws Refusal unavailable, if the file is missing or damaged
 */
export function findSource(name: string): ConfiguredSource | undefined {
  const file = sourcesFile();
  if (known?.file !== file) known = { file, sources: readSources(file) };
  return known.sources.get(name);
}

/** Returns the path of the sources' settings: beside the code, or as SOURCES_FILE says, which only tests and measurements set. */
function sourcesFile(): string {
  return process.env.SOURCES_FILE ?? path.join(process.env.LAMBDA_TASK_ROOT ?? "", sourcesFileName);
}

function readSources(file: string): Map<string, ConfiguredSource> {
  try {
    const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, SourceSettings>;
    return new Map(Object.entries(all).map(([name, settings]) => [name, { name, settings, provider: providerIn(settings) }]));
  } catch {
    throw new Refusal("unavailable", `${file} is missing or damaged`);
  }
}

/**
 * Returns the provider of a stored event, whose source the configuration may have lost since.
 * @param provider its name, as stored
 * @returns `undefined` if it has no code, and no source with its description
 */
export function providerOf(source: string, provider: string): Provider | undefined {
  if (Object.hasOwn(providers, provider)) return providers[provider as CodedProvider];
  const configured = findSource(source);
  return configured?.settings.provider === provider ? configured.provider : undefined;
}

function providerIn({ provider, description }: SourceSettings): Provider {
  return description === undefined ? providers[provider as CodedProvider] : describedProvider(description);
}
