import { randomBytes } from "node:crypto";
import { UserError } from "../../domain/userError";
import type { LocalAws } from "../../local/clients";
import { awsFolderIn, openKeptRun, saveKeptRun } from "../../local/keptRun";
import { startMiniStack } from "../../local/ministack";
import { deploySettings, type LocalPipeline } from "../../local/pipeline";
import { chosenProviders, everyProvider, withForwarding, withNamespace, type Forwarding, type LocalSettings } from "../../local/settings";
import { announcePipeline, keptFolder, withdrawPipeline } from "../lib/announcement";
import { UsageError } from "../lib/errors";
import { onInterruption } from "../lib/interruption";
import { print, printLine } from "../lib/output";
import { divert } from "./diversion";
import { forwardingTo } from "./forwarding";
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
  /** URL of a service on this machine. */
  forwardTo?: string;
  deliver?: boolean;
  keep?: boolean;
  quiet?: boolean;
  /** False with `--no-console`. */
  console?: boolean;
}

/** Waits for the events of a run. @returns their number; `undefined` if it is not known */
type Finish = () => Promise<number | undefined>;

/**
 * Deploys the pipeline to a local AWS, and announces it to other commands.
 * @param finish is awaited before a local AWS ends whose state is kept
 * @throws UserError if the configuration or the port is wrong, or the local AWS cannot start
 */
export async function bringUp(options: StartOptions, finish: Finish): Promise<LocalPipeline> {
  const { endpoint, keep, stack, port, forwardTo } = options;
  if (port !== undefined) await requireFetchable(port);
  if (options.deliver && stack === undefined)
    throw new UsageError("--deliver posts to the destinations of a stack. Name the stack with --stack, too.");
  const forwarding = forwardTo === undefined ? undefined : forwardingTo(forwardTo);
  const settings =
    stack === undefined
      ? providers(options, forwarding)
      : await divert(readSettings(stack, forwarding), options.deliver ?? false, options.quiet ? () => {} : printLine);
  for (const note of settings.notes) printLine(note);
  const pipeline = endpoint
    ? await useEndpoint(endpoint, settings)
    : keep
      ? await resume(options, settings, finish)
      : await startAnew(options, settings);
  onInterruption(withdrawPipeline);
  announcePipeline(pipeline);
  return pipeline;
}

/** Prints where the pipeline runs, and the URL of each source. @param startedAt of `performance.now()` */
export function printUrls({ endpoint, sources, urls }: LocalPipeline, startedAt: number): void {
  print(`The pipeline runs at ${endpoint} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s).\n`);
  const width = Math.max(...sources.map(({ name }) => name.length));
  for (const { name } of sources) printLine(`  ${name.padEnd(width)} ${urls[name]}`);
  print("");
}

/** Returns the settings of a run without `--stack`. */
function providers({ sources, endpoint }: StartOptions, forwarding: Forwarding | undefined): LocalSettings {
  const region = (endpoint && process.env.AWS_REGION) || defaultRegion;
  const settings = sources ? chosenProviders(sources, region, "local") : everyProvider(region, "local");
  return forwarding ? withForwarding(settings, forwarding) : settings;
}

/** Refuses a port that no HTTP client of the web's may use. @see https://fetch.spec.whatwg.org/#port-blocking */
async function requireFetchable(port: number): Promise<void> {
  const { cause } = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    () => ({ cause: undefined }),
    (error: Error) => error,
  );
  if (cause instanceof Error && cause.message === "bad port")
    throw new UsageError(`--port is ${port}, which browsers and Node.js refuse to call. Allowed: another port, such as 4566.`);
}

async function startAnew({ port }: StartOptions, settings: LocalSettings): Promise<LocalPipeline> {
  const { aws } = await startMiniStack({ region: settings.config["aws:region"], port, progress: print, onSpawn: onInterruption });
  return deploySettings(aws, settings);
}

/** Starts with the URLs, secrets and events of the run before, and the program and configuration of now. */
async function resume(options: StartOptions, settings: LocalSettings, finish: Finish): Promise<LocalPipeline> {
  const { port, stack } = options;
  const region = settings.config["aws:region"];
  const folder = keptFolder(stack ?? "local");
  const kept = openKeptRun(folder);
  if (port !== undefined && kept.port !== undefined && port !== kept.port)
    throw new UsageError(
      `The kept run has port ${kept.port}, which is a part of its URLs. Leave --port out, or delete ${folder} to start anew.`,
    );
  const onSpawn = (stop: () => unknown) =>
    onInterruption(async () => {
      const events = await finish().catch(() => undefined);
      await stop();
      if (events !== undefined) print(keptWords(folder, events, options));
    });
  const miniStack = { region, port: kept.port ?? port, keptFolder: awsFolderIn(folder), progress: print, onSpawn };
  const { aws } = await startMiniStack(miniStack).catch((error: Error) => {
    if (kept.port === undefined || !error.message.startsWith(`Port ${kept.port} `)) throw error;
    throw new UserError(`Port ${kept.port} of the kept run is not free. Stop the program that uses it, or delete ${folder} to start anew.`);
  });
  const pipeline = await deploySettings(aws, settings, { kept });
  saveKeptRun(folder, { ...kept, port: Number(new URL(aws.endpoint).port), signing: pipeline.signing });
  return pipeline;
}

/** Says how many events there are. */
export const eventCount = (count: number) => (count === 1 ? "1 event" : `${count} events`);

/** Says what a run leaves for the next one, and how to go on. */
function keptWords(folder: string, events: number, { stack, sources }: StartOptions): string {
  const same = `${stack === undefined ? "" : `--stack ${stack} `}${sources ? `--sources ${sources.join(",")} ` : ""}`;
  return `Kept the URLs, the secrets and ${eventCount(events)} in ${folder}. "npm start -- ${same}--keep" goes on with them. Delete the folder to start anew.`;
}

/** Deploys to an endpoint that already runs, under a random suffix. @throws UserError if nothing answers */
async function useEndpoint(endpoint: string, settings: LocalSettings): Promise<LocalPipeline> {
  const suffix = `local-${randomBytes(3).toString("hex")}`;
  const aws = await existingAws(endpoint, settings.config["aws:region"]);
  const config = { ...settings.config, ...withNamespace(settings.project, { environmentSuffix: suffix }) };
  return deploySettings(aws, { ...settings, config });
}

/** Takes credentials from the environment, as every AWS client does. */
async function existingAws(endpoint: string, region: string): Promise<LocalAws> {
  await fetch(endpoint, { signal: AbortSignal.timeout(answerTimeoutMs) }).catch(() => {
    throw new UserError(`Nothing answers at ${endpoint}. Give --endpoint the address of an AWS-compatible endpoint that runs.`);
  });
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return {
    endpoint,
    region,
    accessKeyId: AWS_ACCESS_KEY_ID ?? "test",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "test",
  };
}
