import { readFileSync } from "node:fs";
import * as path from "node:path";
import { sourcesFileName, type SourceSettings } from "../domain/sources";
import { Refusal } from "./errors";
import { providers } from "./sources";
import { hmacProvider } from "./sources/hmac";
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
    return new Map(Object.entries(all).map(([name, settings]) => [name, { name, settings, provider: providerOf(settings) }]));
  } catch {
    throw new Refusal("unavailable", `${file} is missing or damaged`);
  }
}

function providerOf({ provider, hmac }: SourceSettings): Provider {
  return provider === "hmac" ? hmacProvider(hmac!) : providers[provider];
}
