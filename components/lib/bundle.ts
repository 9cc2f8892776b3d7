import { buildSync, version, type BuildOptions } from "esbuild";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { HandlerName } from "../../domain/names";
import type { Bundle } from "./handlerBundle";
import { digestOf, cacheModules, cachedModules } from "./bundleCache";

/** Defines `require`, which an ES module lacks and some CommonJS dependencies call. */
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

/** Package that handlers import on demand, and the bundle of its own that takes its place: the file that it is made of, and its name. */
const onDemand = { package: "@aws-sdk/client-s3", file: "handlers/payload/s3.ts", name: "s3" };
const onDemandImport = `./${onDemand.name}.mjs`;

const bundles = new Map<HandlerName, Bundle>();

/**
 * Bundles `handlers/<handler>.ts`. The same sources produce the same bytes in any folder, so a function is deployed again only if its code
 * changed.
 * @throws Error with esbuild's message if a handler does not compile
 */
export function bundleHandler(handler: HandlerName): Bundle {
  const bundle = bundles.get(handler) ?? bundleFile(path.join("handlers", `${handler}.ts`), handler);
  bundles.set(handler, bundle);
  return bundle;
}

/** Bundles any file of the project like a handler, into a folder of the cache. An unchanged bundle is reused. */
export function bundleFile(file: string, folder: string, changes: BuildOptions = {}): Bundle {
  const outdir = path.join(root, ".cache", "bundles", folder);
  const options: BuildOptions = {
    ...common,
    alias: { [onDemand.package]: onDemandImport },
    external: [onDemandImport],
    ...changes,
    entryPoints: [{ in: file, out: "index" }],
  };
  const settings = settingsOf(options);
  const modules = cachedModules(outdir, root, settings) ?? build(outdir, options, settings);
  return Object.fromEntries(modules.sort().map((name) => [name, path.relative(process.cwd(), path.join(outdir, name))]));
}

function build(outdir: string, options: BuildOptions, settings: string): string[] {
  const readSince = Date.now();
  const index = buildFrom(outdir, options);
  const uses = Object.values(index.metafile.outputs).some(({ imports }) => imports.some(({ path }) => path === onDemandImport));
  const builds = uses ? [index, buildFrom(outdir, { ...common, entryPoints: [{ in: onDemand.file, out: onDemand.name }] })] : [index];
  const outputFiles = builds.flatMap((one) => one.outputFiles);
  const modules = new Map(outputFiles.map(({ path: file, contents }) => [path.relative(outdir, file), contents]));
  const sources = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  cacheModules(outdir, { root, settings, sources, readSince }, modules);
  return [...modules.keys()];
}

const buildFrom = (outdir: string, options: BuildOptions) =>
  buildSync({ ...options, absWorkingDir: root, outdir, write: false, metafile: true });

/** Returns a digest of everything but the sources that determines a bundle. The lock file determines where packages are found. */
function settingsOf(options: BuildOptions): string {
  const files = ["package-lock.json", "tsconfig.json"].map((name) => readFileSync(path.join(root, name), "utf8"));
  return digestOf(JSON.stringify([version, options, ...files]));
}
