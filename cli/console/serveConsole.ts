import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../domain/userError";
import { watchRefusals } from "../../local/refusals";
import { withSentences } from "../events/target";
import { findPipeline, isListening } from "../lib/announcement";
import { UsageError } from "../lib/errors";
import { onInterruption, untilInterrupted } from "../lib/interruption";
import { print, printError } from "../lib/output";
import { requireFetchable } from "../lib/port";
import { findConsole, targetName } from "../lib/target";
import { openInBrowser } from "./browser";
import { pipelineBackend, type BackendOptions } from "./pipelineBackend";
import { RefusedRequests } from "./refused";
import { startConsole } from "./server";

/** Milliseconds of the receiver's log that are read for refused requests. */
const refusedMs = 86_400_000;

/** Milliseconds between two looks whether the local run is still there. */
const lookEveryMs = 2_000;

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
    if (port !== undefined) await requireFetchable(port);
    const served = await withSentences("console", stack, async () => {
      const target = await findConsole(stack);
      const options: BackendOptions = stack === undefined ? await localOptions() : { stack, canWrite: write };
      return startConsole(pipelineBackend(target, options), { port });
    });
    onInterruption(() => served.close());
    print(served.url);
    printError(`The console of ${targetName(stack)}${stack === undefined || write ? "" : ", read-only"}. Ctrl-C ends it.`);
    if (open) openInBrowser(served.url);
    if (stack === undefined) await untilRunEnds(signal);
    else if (!signal.aborted) await once(signal, "abort");
    return 0;
  });
}

/** Waits until the local run ends, or the signal. A new run has another port. @throws UserError if the run has ended */
async function untilRunEnds(signal: AbortSignal): Promise<void> {
  const { endpoint } = await findPipeline();
  while (!signal.aborted) {
    if (!(await isListening(endpoint)))
      throw new UserError('The local run has ended. Start it again, and then "npx webhook-pipeline console".');
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Returns what the local run gives a console in another process: it reads the receiver's log itself. */
async function localOptions(): Promise<BackendOptions> {
  const pipeline = await findPipeline();
  const since = Date.now() - refusedMs;
  const watcher = watchRefusals(pipeline, () => undefined, since);
  return { stack: undefined, canWrite: true, local: { pipeline, refused: new RefusedRequests(watcher) } };
}
