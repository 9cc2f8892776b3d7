import { describeSource, localSources, sourcesValue, type SourceDescription } from "./sources";

/** Configuration that a local run deploys. */
export interface LocalSettings {
  project: string;
  stack: string;
  /** With namespaces, such as `aws:region`; lists as JSON. */
  config: Readonly<Record<string, string>> & { "aws:region": string };
  sources: readonly SourceDescription[];
  /** One sentence for each difference from the stack's own configuration. */
  notes: readonly string[];
}

const ownProject = "webhook-pipeline";

/** Returns the settings of the local run without `--stack`: every provider, and a source of the provider `custom`. */
export function everyProvider(region: string, stack: string): LocalSettings {
  const own = { sources: sourcesValue, throttleRequestsPerMinute: "60000", throttleBurst: "500" };
  return {
    project: ownProject,
    stack,
    config: { ...withNamespace(ownProject, own), "aws:region": region },
    sources: localSources.map(describeSource),
    notes: [],
  };
}

/** Puts a project's namespace before each key. */
export function withNamespace(project: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [`${project}:${key}`, value]));
}
