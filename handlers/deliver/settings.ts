import { readFileSync } from "node:fs";
import * as path from "node:path";
import { destinationsFileName, type DestinationSettings } from "../../domain/destinations";
import { Variable } from "../../domain/variables";

/** Destination of this stack to which the function posts. */
export interface ConfiguredDestination {
  name: string;
  settings: DestinationSettings;
  /** True if its URL is that of a service on this machine, which only the local run sets: a loopback address is allowed. */
  isLocal: boolean;
}

let known: { key: string; destinations: Map<string, ConfiguredDestination> } | undefined;

/**
 * Returns the destinations by name. The file is read once: it changes only with the function's code.
 * @throws Error if the file is missing or damaged
 */
export function configuredDestinations(): ReadonlyMap<string, ConfiguredDestination> {
  const file = destinationsFile();
  const local = process.env[Variable.localDestinations] ?? "{}";
  const key = `${file} ${local}`;
  if (known?.key !== key) known = { key, destinations: readDestinations(file, local) };
  return known.destinations;
}

/** Returns the path of the settings: beside the code, or as DESTINATIONS_FILE says, which only tests and measurements set. */
function destinationsFile(): string {
  return process.env.DESTINATIONS_FILE ?? path.join(process.env.LAMBDA_TASK_ROOT ?? "", destinationsFileName);
}

function readDestinations(file: string, local: string): Map<string, ConfiguredDestination> {
  const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, DestinationSettings>;
  const localUrls = new Map(Object.entries(JSON.parse(local) as Record<string, string>));
  const configured = ([name, settings]: [string, DestinationSettings]): [string, ConfiguredDestination] => {
    const url = localUrls.get(name);
    return [name, { name, settings: { ...settings, url: url ?? settings.url }, isLocal: url !== undefined }];
  };
  return new Map(Object.entries(all).map(configured));
}
