import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { captureProgram } from "../graph/capture";
import type { GraphResource } from "../graph/resource";
import { isError, preflight } from "../preflight/preflight";
import { renderText } from "../preflight/report";
import { createClients, type LocalAws } from "./clients";
import { UserError } from "../domain/userError";
import type { KeptRun } from "./keptRun";
import { provision } from "./provision";
import { everyProvider, type LocalSettings } from "./settings";
import { createKey, seal, secretOf, sign, type Signing, type SigningKeys } from "./signing";
import type { SourceDescription } from "./sources";

/** A running pipeline, as `.local/pipeline.json` describes it to other commands. */
export interface LocalPipeline extends LocalAws {
  sources: readonly SourceDescription[];
  urls: Record<string, string>;
  signing: SigningKeys;
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
  payloadBucketName: string;
  deadLetterQueueUrl: string;
  stateMachineArn: string;
  eventBusName: string;
  receiveFunctionName: string;
  processFunctionName: string;
  reconcileFunctionName: string;
  [output: string]: unknown;
}

/** API Gateway answers after 29 s at the latest. */
const responseTimeoutMs = 35_000;

/** Deploys the pipeline with a source of every provider, under a suffix. */
export async function deployPipeline(aws: LocalAws, suffix: string, onResource?: (count: number) => void): Promise<EveryProviderPipeline> {
  return (await deploySettings(aws, everyProvider(aws.region, suffix), { onResource })) as EveryProviderPipeline;
}

/**
 * Checks the program with these settings, provisions it, and gives each source a signing key.
 * @param kept what a run before this one has kept: its names and keys are used again
 * @throws UserError if AWS would refuse a resource
 */
export async function deploySettings(
  aws: LocalAws,
  settings: LocalSettings,
  { kept, onResource }: { kept?: KeptRun; onResource?: (count: number) => void } = {},
): Promise<LocalPipeline> {
  const { project, stack, config, sources } = settings;
  const run = { project, stack, config };
  refuseFaults((await captureProgram(run)).resources);
  const result = await provision(run, aws, { names: kept?.names, apiId: kept?.apiId, onResource });
  const outputs = result.outputs as PipelineOutputs;
  const urls = outputs.webhookUrls;
  const signing: Record<string, SigningKeys[string]> = {};
  for (const source of sources) signing[source.name] = await keyFor(aws, source, urls[source.name], outputs.secretArns[source.name], kept);
  return { ...aws, sources, urls, signing, outputs };
}

/** Returns the key of a source that a run before has kept, if the secret still has its value; else a new key, whose secret it sets. */
async function keyFor(aws: LocalAws, source: SourceDescription, url: string, SecretId: string, kept: KeptRun | undefined) {
  const { secretsManager } = createClients(aws);
  const before = kept?.signing[source.name];
  if (before?.provider === source.provider) {
    const hasValue = await secretsManager.send(new GetSecretValueCommand({ SecretId })).then(
      ({ SecretString }) => SecretString !== undefined,
      () => false,
    );
    if (hasValue) return before.provider === "hmac" ? { ...before, hmac: source.hmac! } : before;
  }
  const key = await createKey(source, url);
  await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(secretOf(key)) }));
  return key;
}

/** Refuses what AWS would refuse, although the local AWS does not. @throws UserError with every finding */
export function refuseFaults(resources: readonly GraphResource[]): void {
  const errors = preflight(resources).filter(isError);
  if (errors.length > 0) throw new UserError(`AWS would refuse this, so nothing is made:\n\n${renderText(errors, resources.length)}`);
}

/** The pipeline's response to one webhook. */
export interface WebhookResponse {
  status: number;
  /** As the response's header says. */
  transactionId: string | undefined;
  /** The response's body. */
  text: string;
  /** The response's body, if it is JSON. */
  body: { transactionId?: string; error?: string; message?: string };
  milliseconds: number;
}

/**
 * Seals and signs a body as its source does, and posts it.
 * @param headers replace those of the signature; `undefined` removes one
 */
export async function post(
  pipeline: LocalPipeline,
  source: string,
  body: Buffer,
  headers: Record<string, string | undefined> = {},
): Promise<WebhookResponse> {
  const sealed = seal(source, body, pipeline.signing);
  return postAsIs(pipeline, source, sealed, { ...sign(source, sealed, pipeline.signing), ...headers });
}

/** Posts a body unchanged, with the headers that are not `undefined`. */
export async function postAsIs(
  pipeline: LocalPipeline,
  source: string,
  body: Buffer,
  headers: Record<string, string | undefined>,
): Promise<WebhookResponse> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const started = performance.now();
  const request = { method: "POST", headers: Object.fromEntries(given), body: new Uint8Array(body) };
  const response = await fetch(pipeline.urls[source], { ...request, signal: AbortSignal.timeout(responseTimeoutMs) });
  const text = await response.text();
  const transactionId = decodeURIComponent(response.headers.get("x-transaction-id") ?? "") || undefined;
  return { status: response.status, transactionId, text, body: parsed(text), milliseconds: performance.now() - started };
}

function parsed(text: string): WebhookResponse["body"] {
  try {
    return JSON.parse(text) as WebhookResponse["body"];
  } catch {
    return { message: text };
  }
}
