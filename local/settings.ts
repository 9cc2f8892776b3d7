import { catalogProviders, descriptionOf } from "../domain/catalog";
import { signsBody } from "../domain/description";
import type { LocalDestination } from "./destinations";
import { describeSource, localSources, type LocalSource, type SourceDescription } from "./sources";

/** Configuration that a local run deploys. */
export interface LocalSettings {
  project: string;
  stack: string;
  /** With namespaces, such as `aws:region`; lists as JSON. */
  config: Readonly<Record<string, string>> & { "aws:region": string };
  sources: readonly SourceDescription[];
  /** Destinations to which the pipeline posts. */
  destinations: readonly LocalDestination[];
  /** One sentence for each difference from the stack's own configuration. */
  notes: readonly string[];
}

const ownProject = "webhook-pipeline";

/** Returns the settings of the local run without `--stack`: every provider with code, and a source of the provider `custom`. */
export const everyProvider = (region: string, stack: string): LocalSettings => settingsOf(localSources.map(describeSource), region, stack);

/**
 * Returns the settings of a local run with a source of each of these providers, by their names.
 * @param names of providers; `all` stands for every provider with code and of the catalog
 */
export function chosenProviders(names: readonly string[], region: string, stack: string): LocalSettings {
  const all = names.flatMap((name) => (name === "all" ? [...localSources, ...catalogProviders] : [name]));
  return settingsOf([...new Set(all)].map(describeNamed), region, stack);
}

function describeNamed(name: string): SourceDescription {
  return catalogProviders.includes(name) ? { name, provider: name, description: descriptionOf(name) } : describeSource(name as LocalSource);
}

/** API Gateway accepts so many requests at once from an account. */
const accountBurst = 5_000;

/** Shards of the indexes: few, because each list reads all of them, but more than one, as in a large pipeline. */
const indexShards = 4;

function settingsOf(sources: readonly SourceDescription[], region: string, stack: string): LocalSettings {
  const own = {
    sources: JSON.stringify(sources.map(configured)),
    throttleRequestsPerMinute: "60000",
    throttleBurst: String(Math.min(500, Math.floor(accountBurst / sources.length))),
    accountRequestsPerSecond: "100000",
    indexShards: String(indexShards),
  };
  return {
    project: ownProject,
    stack,
    config: { ...withNamespace(ownProject, own), "aws:region": region },
    sources,
    destinations: [],
    notes: [],
  };
}

/** Writes a source as the configuration does: a provider of the catalog without its description, and with the consent that it may need. */
function configured({ name, provider, description }: SourceDescription): object {
  if (!catalogProviders.includes(provider)) return { name, provider, ...(description && { description }) };
  return { name, provider, ...(!signsBody(description!) && { unsigned: true }) };
}

/** Puts a project's namespace before each key. */
export function withNamespace(project: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [`${project}:${key}`, value]));
}

/** Name of the destination that `start --forward-to` adds. */
export const forwardedName = "local";

/** Configured URL of that destination. Its deliveries go to a service on this machine instead, and this name resolves nowhere. */
const placeholderUrl = "https://local.invalid/";

/** Destination that `start --forward-to` adds, as it is configured. It gets every event, with all that a delivery can carry. */
export const forwardedDestination = { name: forwardedName, url: placeholderUrl, payload: "full" } as const;

/** What `start --forward-to` adds to a run. */
export interface Forwarding {
  /** URL of a service on this machine. */
  localUrl: string;
  /** Signing secret to begin with. */
  secret: string;
}

/** Adds the destination that posts to a service on this machine to settings without destinations. */
export function withForwarding(settings: LocalSettings, { localUrl, secret }: Forwarding): LocalSettings {
  const own = { destinations: JSON.stringify([forwardedDestination]) };
  const destination = { name: forwardedName, auth: "none", url: placeholderUrl, localUrl, secret } as const;
  return { ...settings, config: { ...settings.config, ...withNamespace(settings.project, own) }, destinations: [destination] };
}
