import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { bundleFile, bundleHandler } from "../../components/lib/bundle";
import type { Bundle } from "../../components/lib/handlerBundle";
import { handlerNames, type HandlerName } from "../../domain/names";
import { childEnvironment } from "./children";
import { median, pairedRatio, type Figure } from "./samples";

/** Most bytes of code that a function loads at a cold start. A source waits for the receiver, and for no other. */
export const mostAtStart: Record<HandlerName, number> = { receive: 200_000, process: 350_000, reconcile: 350_000, deliver: 450_000 };

/** Measures what a new container loads before it can work: kilobytes, and time compared with an empty handler and with unbundled packages. */
export function measureColdStarts({ rounds }: { rounds: number }): Figure[] {
  return handlerNames.flatMap((handler) => [...sizesOf(handler), ...timesOf(handler, rounds)]);
}

function sizesOf(handler: HandlerName): Figure[] {
  const bundle = bundleHandler(handler);
  const loaded = loadedAtStart(bundle);
  const bytes = loaded.reduce((sum, name) => sum + statSync(bundle[name]).size, 0);
  const bound = mostAtStart[handler] / 1_000;
  return [{ id: `${handler}-size`, what: `${handler}, code loaded at a cold start`, value: bytes / 1_000, unit: "kB", bound }];
}

/** Lists the entry and everything that it imports statically. */
export function loadedAtStart(bundle: Bundle, name = "index.mjs", found = new Set<string>()): string[] {
  if (found.has(name)) return [];
  found.add(name);
  const code = readFileSync(bundle[name], "utf8");
  for (const [, imported] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) loadedAtStart(bundle, imported, found);
  return [...found];
}

function timesOf(handler: HandlerName, rounds: number): Figure[] {
  const unbundled = bundleFile(path.join("handlers", `${handler}.ts`), `${handler}-unbundled`, { packages: "external", minify: false });
  const files = [bundleHandler(handler)["index.mjs"], unbundled["index.mjs"], emptyHandler()].map((file) => path.resolve(file));
  const [bundled, plain, empty] = files.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, taken] of [bundled, plain, empty].entries()) taken.push(loadingTime(files[index]));
  const bound = handler === "receive" ? { bound: 0.3 } : {};
  return [
    {
      id: `${handler}-cold`,
      what: `${handler}, cold start vs. unbundled packages`,
      value: pairedRatio(bundled, plain),
      unit: "×",
      ...bound,
    },
    {
      id: `${handler}-cold-empty`,
      what: `${handler}, cold start beyond an empty handler`,
      value: median(bundled) - median(empty),
      unit: "ms",
    },
  ];
}

function emptyHandler(): string {
  const folder = path.join(".cache", "bundles", "empty");
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "index.mjs");
  writeFileSync(file, "export const handler = async () => ({ statusCode: 202 });\n");
  return file;
}

/** No call is made while a module loads. */
const nobody = "http://127.0.0.1:9";

/** Measures the milliseconds of loading a file in a new process. */
function loadingTime(file: string): number {
  const env = { PATH: process.env.PATH, ...childEnvironment(nobody) };
  return Number(execFileSync(process.execPath, [path.join(__dirname, "load.mjs"), file], { env, encoding: "utf8" }));
}
