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

const bundles = new Map<string, Bundle>();

/**
 * Bundles `handlers/<handler>.ts`. The same sources give the same bytes, wherever the project lies, so that a function
 * is deployed again only when its code has changed.
 * @throws Error with esbuild's own message if the handler does not compile.
 */
export function bundleHandler(handler: string): Bundle {
  const known = bundles.get(handler);
  if (known) return known;
  const root = path.resolve(__dirname, "..");
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [path.join("handlers", `${handler}.ts`)],
    outfile: path.join(root, ".cache", "bundles", handler, "index.mjs"),
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
  const file = (ending: string) => write(outputFiles.find((output) => output.path.endsWith(ending))!);
  const bundle = { code: file(".mjs"), sourceMap: file(".map") };
  bundles.set(handler, bundle);
  return bundle;
}

/** A file that is renamed into its place is never read half written, though several programs may run at once. */
function write({ path: file, contents }: OutputFile): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, contents);
  renameSync(part, file);
  return path.relative(process.cwd(), file);
}
