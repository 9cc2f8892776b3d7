import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { destinationsFileName, type DestinationSettings } from "../domain/destinations";

/** Environment variable with which a test or a measurement gives the function another file than the one beside its code. */
export const destinationsFileVariable = "DESTINATIONS_FILE";

let parent: string | undefined;

/** Writes the settings of destinations into a file in a new folder, which is removed when this process ends. @returns its path */
export function writeDestinations(settings: Record<string, DestinationSettings>): string {
  parent ??= createParent();
  const file = path.join(mkdtempSync(`${parent}${path.sep}`), destinationsFileName);
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

function createParent(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-destinations-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
