import { buildSync, type BuildOptions, type OutputFile } from "esbuild";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/**
 * A handler as Lambda loads it: minified ES modules and their source maps, in the project's cache, by their names in the archive.
 * `index.mjs` is the entry; what most invocations never need is in modules that are loaded when it is needed. Paths are relative to
 * the working directory, so that no path of a machine comes into the state.
 */
export type Bundle = Readonly<Record<string, string>>;

/** Some dependencies are CommonJS and call `require`, which an ES module lacks. */
const requireShim = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** Each is a file of `handlers/` whose export `handler` is the entry point. */
export type Handler = "receive" | "process" | "reconcile";

const root = path.resolve(__dirname, "..");
const bundles = new Map<Handler, Bundle>();

/**
 * Bundles `handlers/<handler>.ts`. The same sources give the same bytes, wherever the project lies, so that a function
 * is deployed again only when its code has changed.
 * @throws Error with esbuild's own message if a handler does not compile.
 */
export function bundleHandler(handler: Handler): Bundle {
  const bundle = bundles.get(handler) ?? build(handler);
  bundles.set(handler, bundle);
  return bundle;
}

function build(handler: Handler): Bundle {
  return bundleFile(path.join("handlers", `${handler}.ts`), handler);
}

/** Bundles any file of the project as a handler is bundled, into a folder of the cache. */
export function bundleFile(file: string, folder: string, changes: BuildOptions = {}): Bundle {
  const outdir = path.join(root, ".cache", "bundles", folder);
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    preserveSymlinks: true,
    entryPoints: [{ in: file, out: "index" }],
    outdir,
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
    ...changes,
    write: false,
  });
  return Object.fromEntries(outputFiles.map((output) => [path.relative(outdir, output.path), write(output)]).sort());
}

/** A file that is renamed into its place is never read half written, though several programs may run at once. */
function write({ path: file, contents }: OutputFile): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, contents);
  renameSync(part, file);
  return path.relative(process.cwd(), file);
}
