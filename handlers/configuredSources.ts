import type { CodedProvider, SourceSettings } from "../domain/sources";
import { Variable } from "../domain/variables";
import { requiredVariable } from "./aws/environment";
import { providers } from "./sources";
import { describedProvider } from "./sources/described/provider";
import type { Provider } from "./sources/lib/types";

/** Source of this stack with its provider's code. */
export interface ConfiguredSource {
  name: string;
  provider: Provider;
  settings: SourceSettings;
}

let known: { settings: string; sources: Map<string, ConfiguredSource> } | undefined;

/**
 * Returns a source by name; `undefined` if this stack has no such source.
 * @returns `undefined` if this stack takes nothing from a source of that name
 */
export function findSource(name: string): ConfiguredSource | undefined {
  const settings = requiredVariable(Variable.sourceSettings);
  if (known?.settings !== settings) known = { settings, sources: readSources(settings) };
  return known.sources.get(name);
}

function readSources(text: string): Map<string, ConfiguredSource> {
  const all = JSON.parse(text) as Record<string, SourceSettings>;
  return new Map(Object.entries(all).map(([name, settings]) => [name, { name, settings, provider: providerOf(settings) }]));
}

function providerOf({ provider, description }: SourceSettings): Provider {
  return description === undefined ? providers[provider as CodedProvider] : describedProvider(description);
}
