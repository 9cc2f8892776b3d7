import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** Sources and modules of a bundle: fingerprints by path, relative to the project and to the bundle's folder. */
interface Manifest {
  /** Digest of everything but the sources that determines the bundle. */
  settings: string;
  sources: Record<string, string>;
  modules: Record<string, string>;
}

const manifestFile = "manifest.json";

export const digestOf = (contents: string | Uint8Array) => createHash("sha256").update(contents).digest("base64");

/** Returns a file's fingerprint. For a package, size and time suffice and are ten times as fast: the lock file fixes its contents. */
function fingerprintOf(base: string, name: string): string {
  const file = path.join(base, name);
  if (!name.includes("node_modules")) return digestOf(readFileSync(file));
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/**
 * Returns the cached modules of a folder; `undefined` if a source, a setting or a module has changed, is missing or cannot be read.
 * Building takes seconds, and a preview would do it three times.
 */
export function cachedModules(folder: string, root: string, settings: string): string[] | undefined {
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

/** Origin of modules: root, settings and sources. */
export interface BundleOrigin {
  root: string;
  settings: string;
  /** Relative to the root. */
  sources: readonly string[];
  /** When reading the sources began, epoch milliseconds. */
  readSince: number;
}

/** Writes the modules and their manifest. If a source changed meanwhile, no manifest is written: it is unknown which version was read. */
export function cacheModules(
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

/** Writes a file and then renames it, so that programs that run at the same time never read half a file. */
function write(file: string, contents: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, contents);
  renameSync(part, file);
}
