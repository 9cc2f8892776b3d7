import { setTimeout as sleep } from "node:timers/promises";
import { Status } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { createClients } from "../../local/clients";
import { countWaiting, DeliveryWatcher } from "../../local/deliveries";
import type { LocalPipeline } from "../../local/pipeline";
import { watchRefusals } from "../../local/refusals";
import { forwardedName } from "../../local/settings";
import { Watcher } from "../../local/watch";
import { takeRunFolder } from "../lib/announcement";
import { endWithNpm, untilInterrupted } from "../lib/interruption";
import { print, printLine } from "../lib/output";
import type { RefusedRequests } from "../console/refused";
import { bringUp, eventCount, printUrls, type StartOptions } from "./bringUp";
import { serveRunConsole } from "./console";
import { awaitService, printForwarding } from "./forwarding";
import { sendSamples } from "./sendSamples";

const lookEveryMs = 200;
/** Refused requests are looked for less often: each look reads the receiver's log. */
const refusalsEveryMs = 1_000;
/** Time for the events in flight when a kept run ends. */
const finishTimeoutMs = 5_000;
/** Time for the samples with --once. */
const samplesTimeoutMs = 30_000;

/** Runs the pipeline on a local AWS until it is interrupted, or with `once` until the sample events have ended. */
export async function runPipeline(options: StartOptions): Promise<number> {
  endWithNpm();
  return untilInterrupted(async (signal) => {
    const startedAt = performance.now();
    await takeRunFolder();
    const run: { watcher?: Watcher } = {};
    const pipeline = await bringUp(options, async () => run.watcher && waitForOpen(run.watcher));
    // Nobody looks at the page of a run that ends by itself.
    const refused = options.console && !options.once ? await serveRunConsole(pipeline) : undefined;
    printUrls(pipeline, startedAt);
    const show = options.quiet ? () => {} : printLine;
    run.watcher = new Watcher(createClients(pipeline), pipeline.outputs.tableName, show);
    return operate(pipeline, run.watcher, show, options, signal, refused);
  });
}

/** Sends a sample of each source, shows each event's timeline and each refusal, and stays until it is interrupted. */
async function operate(
  pipeline: LocalPipeline,
  watcher: Watcher,
  show: (line: string) => void,
  { once, keep, forwardTo, deliver = false }: StartOptions,
  signal: AbortSignal,
  refused: RefusedRequests | undefined,
): Promise<number> {
  const clients = createClients(pipeline);
  const refusals = watchRefusals(pipeline, printLine);
  const { deliveriesTableName } = pipeline.outputs;
  // What the sink takes, it shows itself.
  const isShown = (destination: string) => deliver || destination === forwardedName;
  const deliveries = deliveriesTableName === undefined ? undefined : new DeliveryWatcher(clients, deliveriesTableName, show, isShown);
  const look = async () => {
    await Promise.all([watcher.look(), deliveries?.look()]).catch((error: Error) => refuseToWatch(pipeline, error));
  };
  await Promise.all([watcher.skip(), deliveries?.begin(Object.keys(pipeline.destinations))]).catch((error: Error) =>
    refuseToWatch(pipeline, error),
  );
  if (keep && watcher.size > 0) print(keptWords(watcher));
  if (forwardTo !== undefined) {
    printForwarding(pipeline);
    if (!once) await awaitService(forwardTo, signal);
  }
  const { ids: sent, count } = await sendSamples(pipeline, show);
  const deadline = Date.now() + samplesTimeoutMs;
  const isOpen = () => sent.some((id) => !watcher.isFinished(id));
  let announced = false;
  let refusalsAt = 0;
  while (!signal.aborted) {
    await look();
    if (once && (Date.now() > deadline || (!isOpen() && (await countWaiting(clients, queuesOf(pipeline))) === 0))) break;
    if (Date.now() >= refusalsAt) {
      const newest = await refusals.look().catch((error: Error) => refuseToWatch(pipeline, error));
      refused?.add(newest);
      refusalsAt = Date.now() + refusalsEveryMs;
    }
    if (!once && !announced && !isOpen()) {
      announced = true;
      const [{ name }] = pipeline.sources;
      print(`\nReady for more: run "npx webhook-pipeline send ${name}" in another terminal. Ctrl-C stops the run.\n`);
    }
    await sleep(lookEveryMs);
  }
  const processed = sent.filter((id) => watcher.statusOf(id) === Status.processed).length;
  if (once) {
    await Promise.all([refusals.look(), deliveries?.look()]).catch(() => undefined);
    print(`\n${processed} of ${count} sample events are PROCESSED.`);
  }
  const delivered = forwardTo === undefined ? count : (deliveries?.countDelivered(forwardedName, sent) ?? 0);
  if (once && forwardTo !== undefined) print(`${delivered} of ${count} are delivered to ${forwardTo}.`);
  return !once || (processed === count && delivered === count) ? 0 : 1;
}

/** Returns the URLs of the queues from which the pipeline posts. */
function queuesOf({ outputs: { destinations = {} } }: LocalPipeline): string[] {
  return Object.values(destinations).flatMap(({ type, queueUrl }) => (type === "https" ? [queueUrl] : []));
}

/** Says what an earlier run has left. */
function keptWords({ size, open }: Watcher): string {
  const waiting =
    open.kept === 0 ? "" : ` ${eventCount(open.kept)} had not finished; the reconciler requeues what has waited for 15 minutes.`;
  return `Kept from the last run: ${eventCount(size)}.${waiting}\n`;
}

/**
 * Waits until the events in flight have finished, so that the next start finds none that hangs; but not for long.
 * @returns the number of events; `undefined` if the local AWS does not answer
 */
async function waitForOpen(watcher: Watcher): Promise<number | undefined> {
  const deadline = Date.now() + finishTimeoutMs;
  const look = () =>
    watcher.look().then(
      () => true,
      () => false,
    );
  let answers = await look();
  if (watcher.open.own > 0) print("Waiting for the events in flight to finish. Press Ctrl-C again to stop at once.");
  while (answers && watcher.open.own > 0 && Date.now() < deadline) {
    await sleep(lookEveryMs);
    answers = await look();
  }
  return answers ? watcher.size : undefined;
}

/** Reports a local AWS that stopped answering. @throws UserError in place of the network's own words */
function refuseToWatch({ endpoint }: LocalPipeline, { message }: Error): never {
  throw new UserError(`The local AWS at ${endpoint} does not answer any more (${message}). Start the run again.`);
}
