import { buildSync, version, type BuildOptions } from "esbuild";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { HandlerName } from "../../domain/names";
import { digestOf, keepModules, keptModules } from "./bundleCache";

/**
 * A handler as Lambda loads it: minified ES modules and their source maps, in the project's cache, by their names in the archive.
 * `index.mjs` is the entry; what most invocations never need is in modules that are loaded when it is needed. Paths are relative to
 * the working directory, so that no path of a machine comes into the state.
 */
export type Bundle = Readonly<Record<string, string>>;

/** Some dependencies are CommonJS and call `require`, which an ES module lacks. */
const requireShim = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

const root = path.resolve(__dirname, "../..");

const common = {
  preserveSymlinks: true,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  mainFields: ["module", "main"],
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  banner: { js: requireShim },
  logLevel: "silent",
} as const satisfies BuildOptions;

const bundles = new Map<HandlerName, Bundle>();

/**
 * Bundles `handlers/<handler>.ts`. The same sources give the same bytes, wherever the project lies, so that a function
 * is deployed again only when its code has changed.
 * @throws Error with esbuild's own message if a handler does not compile.
 */
export function bundleHandler(handler: HandlerName): Bundle {
  const bundle = bundles.get(handler) ?? bundleFile(path.join("handlers", `${handler}.ts`), handler);
  bundles.set(handler, bundle);
  return bundle;
}

/** Bundles any file of the project as a handler is bundled, into a folder of the cache; a bundle that is there is taken if it is the same. */
export function bundleFile(file: string, folder: string, changes: BuildOptions = {}): Bundle {
  const outdir = path.join(root, ".cache", "bundles", folder);
  const options = { ...common, ...changes, entryPoints: [{ in: file, out: "index" }] };
  const settings = settingsOf(options);
  const modules = keptModules(outdir, root, settings) ?? build(outdir, options, settings);
  return Object.fromEntries(modules.sort().map((name) => [name, path.relative(process.cwd(), path.join(outdir, name))]));
}

function build(outdir: string, options: BuildOptions, settings: string): string[] {
  const readSince = Date.now();
  const { outputFiles, metafile } = buildSync({ ...options, absWorkingDir: root, outdir, write: false, metafile: true });
  const modules = new Map(outputFiles.map(({ path: file, contents }) => [path.relative(outdir, file), contents]));
  keepModules(outdir, { root, settings, sources: Object.keys(metafile.inputs), readSince }, modules);
  return [...modules.keys()];
}

/** Where a package is found follows from the lock file. */
function settingsOf(options: BuildOptions): string {
  const files = ["package-lock.json", "tsconfig.json"].map((name) => readFileSync(path.join(root, name), "utf8"));
  return digestOf(JSON.stringify([version, options, ...files]));
}
