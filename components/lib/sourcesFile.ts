import { settingsBySource, type Source } from "../../config/sources";
import { sourcesFileName } from "../../domain/sources";

/** Returns the file with the sources' settings, for the archive of each function that works on their events. */
export function sourcesFile(sources: readonly Source[]): Record<string, string> {
  return { [sourcesFileName]: JSON.stringify(settingsBySource(sources)) };
}
