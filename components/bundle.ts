import { buildSync, type OutputFile } from "esbuild";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** A handler as Lambda loads it, in the project's cache: one minified ES module and its source map. Paths are relative to the
 * working directory, so that no path of a machine comes into the state. */
export interface Bundle {
  code: string;
  sourceMap: string;
}

/** Some dependencies are CommonJS and call `require`, which an ES module lacks. */
const requireShim = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** Each is a file of `handlers/` whose export `handler` is the entry point. */
const handlers = ["receive", "process", "reconcile"] as const;
export type Handler = (typeof handlers)[number];

let bundles: Record<Handler, Bundle> | undefined;

/**
 * Bundles `handlers/<handler>.ts`. The same sources give the same bytes, wherever the project lies, so that a function
 * is deployed again only when its code has changed.
 * @throws Error with esbuild's own message if a handler does not compile.
 */
export function bundleHandler(handler: Handler): Bundle {
  bundles ??= bundleHandlers();
  return bundles[handler];
}

/** All at once: most of what one is made of, the other is made of too. */
function bundleHandlers(): Record<Handler, Bundle> {
  const root = path.resolve(__dirname, "..");
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: handlers.map((handler) => ({ in: path.join("handlers", `${handler}.ts`), out: path.join(handler, "index") })),
    outdir: path.join(root, ".cache", "bundles"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    banner: { js: requireShim },
    logLevel: "silent",
  });
  const file = (handler: Handler, name: string) => write(outputFiles.find((output) => output.path.endsWith(path.join(handler, name)))!);
  const bundled = handlers.map((handler) => [handler, { code: file(handler, "index.mjs"), sourceMap: file(handler, "index.mjs.map") }]);
  return Object.fromEntries(bundled) as Record<Handler, Bundle>;
}

/** A file that is renamed into its place is never read half written, though several programs may run at once. */
function write({ path: file, contents }: OutputFile): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, contents);
  renameSync(part, file);
  return path.relative(process.cwd(), file);
}
