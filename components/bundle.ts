import { buildSync } from "esbuild";
import * as path from "node:path";

/** A handler as Lambda loads it: one minified ES module and its source map. */
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
  const text = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const bundle = { code: text(".mjs"), sourceMap: text(".map") };
  bundles.set(handler, bundle);
  return bundle;
}
