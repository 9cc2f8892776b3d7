import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Status } from "../../domain/event";
import { announcePipeline, refuseSecondRun, withdrawPipeline } from "../lib/announcement";
import { createClients, type LocalAws } from "../../local/clients";
import { UserError } from "../../domain/userError";
import { endWithNpm, onInterruption, untilInterrupted } from "../lib/interruption";
import { startMiniStack } from "../../local/ministack";
import { print, printLine } from "../lib/output";
import { deployPipeline, post, type LocalPipeline } from "../../local/pipeline";
import { freshSample } from "../../local/samples";
import { localSources } from "../../local/sources";
import { Watcher } from "../../local/watch";

const defaultRegion = "us-east-1";
const lookEveryMs = 200;
/** How long an endpoint that already runs may take to answer anything. */
const answerTimeoutMs = 5_000;
/** How long the samples may take with --once. */
const samplesTimeoutMs = 30_000;

/** What `start` is asked. */
export interface StartOptions {
  once?: boolean;
  port?: number;
  endpoint?: string;
  stack?: string;
  keep?: boolean;
  quiet?: boolean;
}

/** Runs the pipeline on a local AWS until it is interrupted, or with `once` until the sample events have ended. */
export async function runPipeline(options: StartOptions): Promise<number> {
  endWithNpm();
  return untilInterrupted(async (signal) => {
    await refuseSecondRun();
    return operate(await bringUp(options), options, signal);
  });
}

async function bringUp({ port, endpoint }: StartOptions): Promise<LocalPipeline> {
  const started = performance.now();
  const aws = endpoint ? await existingAws(endpoint) : await ownAws(port);
  const suffix = endpoint ? `local-${randomBytes(3).toString("hex")}` : "local";
  const pipeline = await deployPipeline(aws, suffix);
  onInterruption(withdrawPipeline);
  await announcePipeline(pipeline);
  print(`The pipeline runs at ${aws.endpoint} (${((performance.now() - started) / 1_000).toFixed(1)} s).\n`);
  for (const source of localSources) printLine(`  ${source.padEnd(17)} ${pipeline.urls[source]}`);
  print("");
  return pipeline;
}

async function ownAws(port: number | undefined): Promise<LocalAws> {
  const { aws } = await startMiniStack({ region: defaultRegion, port, progress: print, onSpawn: onInterruption });
  return aws;
}

/** Credentials and region as every AWS client takes them from the environment. @throws UserError if nothing answers. */
async function existingAws(endpoint: string): Promise<LocalAws> {
  await fetch(endpoint, { signal: AbortSignal.timeout(answerTimeoutMs) }).catch(() => {
    throw new UserError(`Nothing answers at ${endpoint}: give --endpoint the address of an AWS-compatible endpoint that runs.`);
  });
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return {
    endpoint,
    region: AWS_REGION ?? defaultRegion,
    accessKeyId: AWS_ACCESS_KEY_ID ?? "test",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "test",
  };
}

/** Sends a sample of each source, shows each event's timeline, and stays until it is interrupted. */
async function operate(pipeline: LocalPipeline, { once }: StartOptions, signal: AbortSignal): Promise<number> {
  const watcher = new Watcher(createClients(pipeline), pipeline.outputs.tableName, printLine);
  const sent = await sendSamples(pipeline);
  const deadline = Date.now() + samplesTimeoutMs;
  const open = () => sent.filter((id) => !watcher.isFinished(id));
  let announced = false;
  while (!signal.aborted) {
    await watcher.look().catch((error: Error) => refuseToWatch(pipeline, error));
    if (once && (open().length === 0 || Date.now() > deadline)) break;
    if (!once && !announced && open().length === 0) {
      announced = true;
      print('\nReady for more: "npx webhook-pipeline send stripe [file]" in another terminal. Ctrl-C ends it.\n');
    }
    await sleep(lookEveryMs);
  }
  const processed = sent.filter((id) => watcher.statusOf(id) === Status.processed).length;
  if (once) print(`\n${processed} of ${localSources.length} sample events are PROCESSED.`);
  return !once || processed === localSources.length ? 0 : 1;
}

/** @throws UserError in place of what the network says */
function refuseToWatch({ endpoint }: LocalPipeline, { message }: Error): never {
  throw new UserError(`The local AWS at ${endpoint} does not answer any more (${message}): start again.`);
}

async function sendSamples(pipeline: LocalPipeline): Promise<string[]> {
  const ids: string[] = [];
  for (const source of localSources) {
    const { status, transactionId, text, milliseconds } = await post(pipeline, source, freshSample(source));
    printLine(`  ${source} sample: ${status} in ${milliseconds.toFixed(0)} ms  ${transactionId ?? text}`);
    if (transactionId) ids.push(transactionId);
  }
  return ids;
}
