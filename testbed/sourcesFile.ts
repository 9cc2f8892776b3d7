import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { sourcesFileName, type SourceSettings } from "../domain/sources";

/** Environment variable with which a test or a measurement gives a handler another file than the one beside its code. */
export const sourcesFileVariable = "SOURCES_FILE";

let parent: string | undefined;

/** Writes the settings of sources into a file in a new folder, which is removed when this process ends. @returns its path */
export function writeSources(settings: Record<string, SourceSettings>): string {
  parent ??= createParent();
  const file = path.join(mkdtempSync(`${parent}${path.sep}`), sourcesFileName);
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

function createParent(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "webhook-sources-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
