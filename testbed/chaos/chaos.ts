import { setTimeout as sleep } from "node:timers/promises";
import { Status } from "../../domain/event";
import { createClients } from "../../local/clients";
import { onInterruption, untilInterrupted } from "../../cli/lib/interruption";
import { startMiniStack } from "../../local/ministack";
import { print } from "../../cli/lib/output";
import { deploySettings, type EveryProviderPipeline } from "../../local/pipeline";
import { everyProvider, withForwarding } from "../../local/settings";
import { faultsIn, type Evidence, type Stored } from "./accounting";
import { compressVisibility, deliveryRows, isDelivered, tend } from "./deliveries";
import { disturb, type Disturbable, type Disturbed } from "./disturbances";
import { idsIn, indexedEvents, invokeReconciler, storedEvents, subscribe, takeDeadLetters, takePublished } from "./outside";
import { planOf, type ChaosPlan } from "./plan";
import { seeded } from "./random";
import { countsTable, sendingLine, settlingLine, showProgress, verdict } from "./report";
import { startService, type Service } from "./service";
import { sendAll, type Sent } from "./traffic";
import { compressTime, settingsFor } from "./settings";

/**
 * The chaos run. plan.ts plans events and disturbances, with seeded random.ts. traffic.ts sends the events, and disturbances.ts disturbs a
 * deployed pipeline whose minutes settings.ts shortens to seconds. It posts its events to service.ts. outside.ts and deliveries.ts read the
 * result; accounting.ts and report.ts judge it.
 */

const reconcileEveryMs = 2_000;
const takePublishedEveryMs = 500;
const countOpenEveryMs = 200;
const settleEveryMs = 1_000;
/** Milliseconds until the pipeline must be idle: some leases, and a time for each event. */
const settleTimeoutMs = (events: number) => 60_000 + events * 25;

export interface Options {
  events: number;
  seed: number;
  clients: number;
}

interface Run extends Disturbable {
  pipeline: EveryProviderPipeline;
  subscriberUrl: string;
  published: Set<string>;
  service: Service;
}

/** Disturbs the pipeline on a local AWS while events arrive. @returns 0 if it accounts for every event */
export async function chaos(options: Options): Promise<number> {
  return untilInterrupted(async (signal) => {
    const started = performance.now();
    return disturbAndAccount(await bringUp(options), options, started, signal);
  });
}

async function bringUp({ events, seed }: Options): Promise<Run> {
  const aws = await startMiniStack({ region: "us-east-1", persistent: true, progress: print, onSpawn: onInterruption });
  const service = await startService(seed);
  const settings = withForwarding(everyProvider("us-east-1", "chaos"), { localUrl: service.url, secret: service.secret });
  const pipeline = (await deploySettings(aws.aws, settings)) as EveryProviderPipeline;
  const clients = createClients(aws.aws);
  await compressTime(clients, pipeline.outputs, settingsFor(events));
  await compressVisibility(clients, pipeline.outputs, settingsFor(events));
  const subscriberUrl = await subscribe(clients, pipeline.outputs.eventBusName, "chaos-subscriber");
  return { aws, pipeline, clients, outputs: pipeline.outputs, subscriberUrl, published: new Set(), service };
}

async function disturbAndAccount(run: Run, options: Options, started: number, interrupted: AbortSignal): Promise<number> {
  const plan = planOf(options.seed, options.events);
  const sent: Sent = { sendings: [], retries: 0, underWay: 0 };
  const disturbed: Disturbed = { workersKilled: 0, restarts: 0 };
  const done = new AbortController();
  const background = [
    repeatedly(reconcileEveryMs, done.signal, () => invokeReconciler(run.clients, run.outputs)),
    repeatedly(reconcileEveryMs, done.signal, () => tend(run.clients, run.outputs)),
    repeatedly(takePublishedEveryMs, done.signal, () => notePublished(run)),
    repeatedly(countOpenEveryMs, done.signal, async () => (sent.underWay = (await idsIn("open", run.clients, run.outputs)).length)),
  ];
  let line = () => sendingLine(plan.deliveries.length, sent, disturbed);
  const endProgress = showProgress(() => line());
  try {
    await sendAndDisturb(run, plan, options, sent, disturbed, interrupted);
    line = () => "settling";
    const stored = await settle(run, options.events, interrupted, (seen) => (line = () => settlingLine(seen)));
    done.abort();
    await Promise.all(background);
    interrupted.throwIfAborted();
    const deadLetters = await takeDeadLetters(run.clients, run.outputs);
    const indexed = await indexedEvents(run.clients, run.outputs);
    endProgress();
    const { accepted, unsigned } = run.service;
    const deliveries = { accepted, unsigned: unsigned(), rows: await deliveryRows(run.clients, run.outputs) };
    const evidence = { sendings: sent.sendings, stored, indexed, deadLetters, published: run.published, deliveries };
    return report(evidence, sent, disturbed, performance.now() - started);
  } finally {
    done.abort();
    endProgress();
    run.service.stop();
  }
}

/** Repeats something until its signal. It fails while the local AWS is down, and the next time makes up for it. */
async function repeatedly(everyMs: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function notePublished({ clients, subscriberUrl, published }: Run): Promise<void> {
  for await (const id of takePublished(clients, subscriberUrl)) published.add(id);
}

/** Sends and disturbs at once. If one fails, the other ends. */
async function sendAndDisturb(run: Run, plan: ChaosPlan, options: Options, sent: Sent, disturbed: Disturbed, interrupted: AbortSignal) {
  const failed = new AbortController();
  const signal = AbortSignal.any([interrupted, failed.signal]);
  const both = [
    sendAll(run.pipeline, plan.deliveries, options, sent, signal),
    disturb(run, plan.disturbances, seeded(options.seed), () => sent.sendings.length, disturbed, signal),
  ];
  try {
    await Promise.all(both);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(both);
    throw error;
  }
  interrupted.throwIfAborted();
}

/** Waits until every event has ended and every PROCESSED one is published and delivered, or until the timeout. @returns the table then */
async function settle(run: Run, events: number, interrupted: AbortSignal, onSeen: (stored: Stored[]) => void): Promise<Stored[]> {
  const deadline = Date.now() + settleTimeoutMs(events);
  for (;;) {
    const stored = await storedEvents(run.clients, run.outputs);
    onSeen(stored);
    await notePublished(run);
    const rows = await deliveryRows(run.clients, run.outputs);
    const isDone = (event: Stored) =>
      isSettled(event, run.published) && (event.status === Status.failed || isDelivered(event, { ...run.service, rows }));
    if (stored.every(isDone) || Date.now() > deadline || interrupted.aborted) return stored;
    await sleep(settleEveryMs, undefined, { signal: interrupted });
  }
}

function isSettled({ transactionId, status }: Stored, published: ReadonlySet<string>): boolean {
  return status === Status.failed || (status === Status.processed && published.has(transactionId));
}

function report(evidence: Evidence, { retries }: Sent, disturbed: Disturbed, milliseconds: number): number {
  const faults = faultsIn(evidence);
  print(`${countsTable(evidence, retries, disturbed, milliseconds)}\n\n${verdict(faults)}`);
  return faults.length === 0 ? 0 : 1;
}
