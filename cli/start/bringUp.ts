import { randomBytes } from "node:crypto";
import { UserError } from "../../domain/userError";
import type { LocalAws } from "../../local/clients";
import { awsFolderIn, openKeptRun, saveKeptRun } from "../../local/keptRun";
import { startMiniStack } from "../../local/ministack";
import { deploySettings, type LocalPipeline } from "../../local/pipeline";
import { chosenProviders, everyProvider, type LocalSettings } from "../../local/settings";
import { announcePipeline, keptFolder, withdrawPipeline } from "../lib/announcement";
import { UsageError } from "../lib/errors";
import { onInterruption } from "../lib/interruption";
import { print, printLine } from "../lib/output";
import { readSettings } from "./stackSettings";

const defaultRegion = "us-east-1";
/** Time for an endpoint that already runs to answer. */
const answerTimeoutMs = 5_000;

/** Options of `start`. */
export interface StartOptions {
  once?: boolean;
  port?: number;
  endpoint?: string;
  stack?: string;
  sources?: readonly string[];
  keep?: boolean;
  quiet?: boolean;
}

/**
 * Deploys the pipeline to a local AWS, announces it to other commands, and prints its URLs.
 * @param finish is awaited before a local AWS ends whose state is kept
 * @throws UserError if the configuration or the port is wrong, or the local AWS cannot start
 */
export async function bringUp(options: StartOptions, finish: () => Promise<unknown>): Promise<LocalPipeline> {
  const started = performance.now();
  const { endpoint, keep, stack, sources, port } = options;
  if (port !== undefined) await requireFetchable(port);
  const settings = stack !== undefined ? readSettings(stack) : sources && chosenProviders(sources, defaultRegion, "local");
  for (const note of settings?.notes ?? []) printLine(note);
  const pipeline = endpoint
    ? await useEndpoint(endpoint, settings)
    : keep
      ? await resume(options, settings, finish)
      : await startAnew(options, settings);
  onInterruption(withdrawPipeline);
  announcePipeline(pipeline);
  print(`The pipeline runs at ${pipeline.endpoint} (${((performance.now() - started) / 1_000).toFixed(1)} s).\n`);
  const width = Math.max(...pipeline.sources.map(({ name }) => name.length));
  for (const { name } of pipeline.sources) printLine(`  ${name.padEnd(width)} ${pipeline.urls[name]}`);
  print("");
  return pipeline;
}

/** Refuses a port that no HTTP client of the web's may use. @see https://fetch.spec.whatwg.org/#port-blocking */
async function requireFetchable(port: number): Promise<void> {
  const { cause } = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    () => ({ cause: undefined }),
    (error: Error) => error,
  );
  if (cause instanceof Error && cause.message === "bad port")
    throw new UsageError(`--port is ${port}, which browsers and Node.js refuse to call. Give another, such as 4566.`);
}

async function startAnew({ port }: StartOptions, settings: LocalSettings | undefined): Promise<LocalPipeline> {
  const region = settings?.config["aws:region"] ?? defaultRegion;
  const { aws } = await startMiniStack({ region, port, progress: print, onSpawn: onInterruption });
  return deploySettings(aws, settings ?? everyProvider(region, "local"));
}

/** Starts with the URLs, secrets and events of the run before, and the program and configuration of now. */
async function resume(
  { port, stack }: StartOptions,
  settings: LocalSettings | undefined,
  finish: () => Promise<unknown>,
): Promise<LocalPipeline> {
  const region = settings?.config["aws:region"] ?? defaultRegion;
  const folder = keptFolder(stack ?? "local");
  const kept = openKeptRun(folder);
  if (port !== undefined && kept.port !== undefined && port !== kept.port)
    throw new UsageError(
      `The kept run has port ${kept.port}, which is a part of its URLs. Leave --port out, or delete ${folder} to start anew.`,
    );
  const onSpawn = (stop: () => unknown) => onInterruption(async () => finish().then(stop, stop));
  const miniStack = { region, port: kept.port ?? port, keptFolder: awsFolderIn(folder), progress: print, onSpawn };
  const { aws } = await startMiniStack(miniStack).catch((error: Error) => {
    if (kept.port === undefined || !error.message.startsWith(`Port ${kept.port} `)) throw error;
    throw new UserError(`Port ${kept.port} of the kept run is not free. Stop the program that uses it, or delete ${folder} to start anew.`);
  });
  const pipeline = await deploySettings(aws, settings ?? everyProvider(region, "local"), { kept });
  saveKeptRun(folder, { ...kept, port: Number(new URL(aws.endpoint).port), signing: pipeline.signing });
  return pipeline;
}

/** Deploys to an endpoint that already runs, under a random suffix. @throws UserError if nothing answers */
async function useEndpoint(endpoint: string, settings: LocalSettings | undefined): Promise<LocalPipeline> {
  const suffix = `local-${randomBytes(3).toString("hex")}`;
  const aws = await existingAws(endpoint, settings?.config["aws:region"]);
  if (!settings) return deploySettings(aws, everyProvider(aws.region, suffix));
  const config = { ...settings.config, [`${settings.project}:environmentSuffix`]: suffix };
  return deploySettings(aws, { ...settings, config });
}

/** Takes credentials and region from the environment, as every AWS client does. */
async function existingAws(endpoint: string, region: string | undefined): Promise<LocalAws> {
  await fetch(endpoint, { signal: AbortSignal.timeout(answerTimeoutMs) }).catch(() => {
    throw new UserError(`Nothing answers at ${endpoint}. Give --endpoint the address of an AWS-compatible endpoint that runs.`);
  });
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return {
    endpoint,
    region: region ?? AWS_REGION ?? defaultRegion,
    accessKeyId: AWS_ACCESS_KEY_ID ?? "test",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "test",
  };
}
