import { createRequire } from "node:module";

/**
 * Two things that Pulumi's SDK does for each program, and that took a third of a preview of this one (docs/performance.md). Neither is left
 * out: npm's library is loaded when it is asked for, and stack traces are taken for whoever reads them. Imported before all else, for its
 * effect.
 */

type CallSite = NodeJS.CallSite & { getPosition(): number };

loadOnDemand("@npmcli/arborist", ["Arborist"]);
takeFewerTraces();

/** npm's own library: the SDK loads it for functions that are written inside a program; a later SDK may not. */
function loadOnDemand(name: string, exported: readonly string[]): void {
  const load = createRequire(require.resolve("@pulumi/pulumi"));
  const file = resolved(load, name);
  if (file === undefined) return;
  let library: Record<string, unknown> | undefined;
  const loaded = () => {
    if (!library) delete load.cache[file];
    return (library ??= load(file) as Record<string, unknown>);
  };
  const properties = exported.map((property) => [property, { enumerable: true, get: () => loaded()[property] }] as const);
  const exports: object = Object.defineProperties({ __esModule: true }, Object.fromEntries(properties));
  load.cache[file] ??= Object.assign(Object.create(module) as NodeModule, { id: file, filename: file, loaded: true, exports });
}

function resolved(load: NodeJS.Require, name: string): string | undefined {
  try {
    return load.resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * The SDK takes a stack trace for each resource, to say where it was made, and for each property of it, to say which promise never ended; those
 * are shown with PULUMI_DEBUG_PROMISE_LEAKS alone. ts-node brings each line back to TypeScript.
 * @see https://v8.dev/docs/stack-trace-api#customizing-stack-traces
 */
function takeFewerTraces(): void {
  const prepare: typeof Error.prepareStackTrace | undefined = Error.prepareStackTrace;
  if (!prepare) return;
  const lines = new Map<string, string>();
  const lineOf = (frame: CallSite): string => {
    const place = `${frame.getFileName()}:${frame.getPosition()}`;
    const line = lines.get(place) ?? String(prepare(new Error(), [frame])).split("\n")[1];
    lines.set(place, line);
    return line;
  };
  const ofPromise = (frames: NodeJS.CallSite[]) => frames[0]?.getFunctionName() === "debuggablePromise";
  const promisesToo = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);
  Error.prepareStackTrace = (error, frames) => {
    if (!promisesToo && ofPromise(frames)) return "";
    return [String(error), ...(frames as CallSite[]).map(lineOf)].join("\n");
  };
}
