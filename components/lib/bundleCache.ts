import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** What a bundle was made of, and what came of it: fingerprints by path, relative to the project and to the bundle's folder. */
interface Manifest {
  /** Of everything else that decides what comes of the same sources. */
  settings: string;
  sources: Record<string, string>;
  modules: Record<string, string>;
}

const manifestFile = "manifest.json";

export const digestOf = (contents: string | Uint8Array) => createHash("sha256").update(contents).digest("base64");

/** A package's files are many, and are what the lock file says, unless somebody works on them: looking at their sizes and times is
 * enough, and ten times as fast. */
function fingerprintOf(base: string, name: string): string {
  const file = path.join(base, name);
  if (!name.includes("node_modules")) return digestOf(readFileSync(file));
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/**
 * The modules that are in a folder, if they are what would be made of the sources as they are now. Making them takes seconds, and a
 * preview would do it three times. A source, a setting or a module that has changed, is missing or can't be read: `undefined`.
 */
export function keptModules(folder: string, root: string, settings: string): string[] | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, manifestFile), "utf8")) as Manifest;
    const same = (base: string, fingerprints: Record<string, string>) =>
      Object.entries(fingerprints).every(([name, fingerprint]) => fingerprintOf(base, name) === fingerprint);
    const unchanged = manifest.settings === settings && same(root, manifest.sources) && same(folder, manifest.modules);
    return unchanged ? Object.keys(manifest.modules) : undefined;
  } catch {
    return undefined;
  }
}

/** Of what modules were made. */
export interface BundleOrigin {
  root: string;
  settings: string;
  /** Relative to the root. */
  sources: readonly string[];
  /** When they began to be read, epoch milliseconds. */
  readSince: number;
}

/** Writes the modules and of what they were made; the latter not, if a source was changed while they were: which version of it was read
 * is not known then. */
export function keepModules(
  folder: string,
  { root, settings, sources, readSince }: BundleOrigin,
  modules: ReadonlyMap<string, Uint8Array>,
): void {
  for (const [name, contents] of modules) write(path.join(folder, name), contents);
  if (sources.some((source) => statSync(path.join(root, source)).mtimeMs >= readSince)) return;
  const manifest: Manifest = {
    settings,
    sources: Object.fromEntries(sources.map((source) => [source, fingerprintOf(root, source)])),
    modules: Object.fromEntries([...modules].map(([name, contents]) => [name, digestOf(contents)])),
  };
  write(path.join(folder, manifestFile), JSON.stringify(manifest));
}

/** A file that is renamed into its place is never read half written, though several programs may run at once. */
function write(file: string, contents: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, contents);
  renameSync(part, file);
}
