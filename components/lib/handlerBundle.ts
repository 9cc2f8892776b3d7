import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { HandlerName } from "../../domain/names";

/**
 * Bundled handler: file names in the archive and their paths. `index.mjs` is the entry; modules that most invocations never need are loaded
 * on demand. Paths are relative to the working directory, so that the state holds no path of a machine.
 */
export type Bundle = Readonly<Record<string, string>>;

/** Builds a bundle from the sources, which a package does not have. */
interface Bundler {
  bundleHandler(handler: HandlerName): Bundle;
}

/** Folder of the bundles in a package; the project has none. */
const prebuilt = path.resolve(__dirname, "../../bundles");

/** Returns the name of the list of a bundle's files: a JSON object with their names in the archive and in the folder. */
export const bundleList = (handler: HandlerName) => `${handler}.json`;

const load = createRequire(__filename);

/** Returns the bundle of `handlers/<handler>.ts`: the package's own, or one that is built from the sources. */
export function handlerBundle(handler: HandlerName, folder = prebuilt): Bundle {
  const list = path.join(folder, bundleList(handler));
  if (!existsSync(list)) return (load("./bundle") as Bundler).bundleHandler(handler);
  const files = Object.entries(JSON.parse(readFileSync(list, "utf8")) as Record<string, string>);
  return Object.fromEntries(files.map(([name, file]) => [name, path.relative(process.cwd(), path.join(folder, file))]));
}
