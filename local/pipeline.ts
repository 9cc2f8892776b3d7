import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { captureProgram } from "../preflight/graph/capture";
import type { GraphResource } from "../preflight/graph/resource";
import { isError, preflight } from "../preflight/preflight";
import { renderText } from "../preflight/report";
import { createClients, type LocalAws } from "./clients";
import { localUrlsOf, secretOfDestination } from "./destinations";
import type { DestinationOutput } from "../domain/destinations";
import { secretVersionId } from "../domain/secretVersions";
import { implementationOf } from "../domain/sources";
import { UserError } from "../domain/userError";
import type { KeptRun } from "./keptRun";
import { removeLeftDestinations } from "./leftDestinations";
import { provision } from "./provision";
import { keyAfter } from "./secretKey";
import { everyProvider, type LocalSettings } from "./settings";
import { createKey, secretOf, type Signing, type SigningKeys } from "./signing";
import type { SourceDescription } from "./sources";

/** A running pipeline, as `.local/pipeline.json` describes it to other commands. */
export interface LocalPipeline extends LocalAws {
  sources: readonly SourceDescription[];
  urls: Record<string, string>;
  signing: SigningKeys;
  /** Destinations to which the pipeline posts: the URL that gets the deliveries, and the secret that signs them. */
  destinations: Readonly<Record<string, { url: string; secret: string }>>;
  /** The stack's outputs, as `pulumi stack output` would show them. */
  outputs: PipelineOutputs;
}

/** The pipeline with a source of every provider. */
export interface EveryProviderPipeline extends LocalPipeline {
  signing: Signing;
}

export interface PipelineOutputs {
  webhookUrls: Record<string, string>;
  secretArns: Record<string, string>;
  tableName: string;
  indexShards: number;
  payloadBucketName: string;
  deadLetterQueueUrl: string;
  stateMachineArn: string;
  eventBusName: string;
  receiveFunctionName: string;
  processFunctionName: string;
  reconcileFunctionName: string;
  /** Absent without destinations. */
  destinations?: Record<string, DestinationOutput>;
  /** Absent without destinations of the type https. */
  deliveriesTableName?: string;
  deliverFunctionName?: string;
  [output: string]: unknown;
}

/** Deploys the pipeline with a source of every provider, under a suffix. */
export async function deployPipeline(aws: LocalAws, suffix: string, onResource?: (count: number) => void): Promise<EveryProviderPipeline> {
  return (await deploySettings(aws, everyProvider(aws.region, suffix), { onResource })) as EveryProviderPipeline;
}

/**
 * Checks the program with these settings, provisions it, and gives each source and destination a secret.
 * @param kept what a run before this one has kept: its names and keys are used again
 * @throws UserError if AWS would refuse a resource
 */
export async function deploySettings(
  aws: LocalAws,
  settings: LocalSettings,
  { kept, onResource }: { kept?: KeptRun; onResource?: (count: number) => void } = {},
): Promise<LocalPipeline> {
  const { project, stack, config, sources } = settings;
  const localUrls = localUrlsOf(settings.destinations);
  const run = { project, stack, config };
  refuseFaults((await captureProgram(run)).resources);
  const result = await provision(run, aws, { names: kept?.names, apiId: kept?.apiId, localUrls, onResource });
  const outputs = result.outputs as PipelineOutputs;
  if (kept) await removeLeftDestinations(createClients(aws), outputs, result.resources);
  const urls = outputs.webhookUrls;
  const signing: Record<string, SigningKeys[string]> = {};
  for (const source of sources) signing[source.name] = await keyFor(aws, source, urls[source.name], outputs.secretArns[source.name], kept);
  const destinations: Record<string, { url: string; secret: string }> = {};
  for (const destination of settings.destinations) {
    const { name, url, localUrl = url } = destination;
    const output = outputs.destinations![name];
    const secret = await secretOfDestination(createClients(aws), destination, output.secretArn!);
    destinations[name] = { url: localUrl, secret };
    // What the function calls, and so what commands show.
    output.url = localUrl;
  }
  return { ...aws, sources, urls, signing, destinations, outputs };
}

/** Returns the key of a source whose secret a run before has kept; else a new key, whose secret it sets. */
async function keyFor(aws: LocalAws, source: SourceDescription, url: string, SecretId: string, kept: KeptRun | undefined) {
  const { secretsManager } = createClients(aws);
  const before = kept?.signing[source.name];
  if (before?.provider === implementationOf(source)) {
    const value = await secretsManager.send(new GetSecretValueCommand({ SecretId })).then(
      ({ SecretString }) => SecretString,
      () => undefined,
    );
    const key = before.provider === "described" ? { ...before, description: source.description! } : before;
    if (value !== undefined) return keyAfter(source.name, key, value);
  }
  const key = await createKey(source, url);
  const SecretString = JSON.stringify(secretOf(key));
  await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken: secretVersionId(1) }));
  return key;
}

/** Refuses what AWS would refuse, although the local AWS does not. @throws UserError with every finding */
export function refuseFaults(resources: readonly GraphResource[]): void {
  const errors = preflight(resources).filter(isError);
  if (errors.length > 0) throw new UserError(`AWS would refuse this, so nothing is made:\n\n${renderText(errors, resources.length)}`);
}
