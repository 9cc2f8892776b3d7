import { once } from "node:events";
import { createClients } from "../../local/clients";
import { RefusalWatcher } from "../../local/refusals";
import { withSentences } from "../events/target";
import { findPipeline } from "../lib/announcement";
import { UsageError } from "../lib/errors";
import { onInterruption, untilInterrupted } from "../lib/interruption";
import { print, printError } from "../lib/output";
import { findConsole, targetName } from "../lib/target";
import { openInBrowser } from "./browser";
import { pipelineBackend, type BackendOptions } from "./pipelineBackend";
import { RefusedRequests } from "./refused";
import { startConsole } from "./server";

/** Milliseconds of the receiver's log that are read for refused requests. */
const refusedMs = 86_400_000;

/** Options of `console`. */
export interface ConsoleOptions {
  stack?: string;
  write?: boolean;
  port?: number;
  open?: boolean;
}

/** Serves the page until it is interrupted. */
export function serveConsole({ stack, write = false, port, open }: ConsoleOptions): Promise<number> {
  if (write && stack === undefined) throw new UsageError("--write is for a deployed stack. Name it with --stack, or leave --write out.");
  return untilInterrupted(async (signal) => {
    const served = await withSentences("console", stack, async () => {
      const target = await findConsole(stack);
      const options: BackendOptions = stack === undefined ? await localOptions() : { stack, canWrite: write };
      return startConsole(pipelineBackend(target, options), { port });
    });
    onInterruption(() => served.close());
    print(served.url);
    printError(`The console of ${targetName(stack)}${stack === undefined || write ? "" : ", read-only"}. Ctrl-C ends it.`);
    if (open) openInBrowser(served.url);
    if (!signal.aborted) await once(signal, "abort");
    return 0;
  });
}

/** Returns what the local run gives a console in another process: it reads the receiver's log itself. */
async function localOptions(): Promise<BackendOptions> {
  const pipeline = await findPipeline();
  const since = Date.now() - refusedMs;
  const watcher = new RefusalWatcher(createClients(pipeline), pipeline.outputs.receiveFunctionName, () => undefined, since);
  return { stack: undefined, canWrite: true, local: { pipeline, refused: new RefusedRequests(watcher) } };
}
