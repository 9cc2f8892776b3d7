import { settingsByDestination, type Destination } from "../../config/destinations";
import { destinationsFileName } from "../../domain/destinations";

/** Returns the file with the settings of the destinations to which the pipeline posts, for the archive of `deliver`. */
export function destinationsFile(destinations: readonly Destination[]): Record<string, string> {
  return { [destinationsFileName]: JSON.stringify(settingsByDestination(destinations)) };
}
