import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { captureProgram } from "../graph/capture";
import type { GraphResource } from "../graph/resource";
import { isError, preflight } from "../preflight/preflight";
import { renderText } from "../preflight/report";
import { createClients, type LocalAws } from "./clients";
import { UserError } from "../domain/userError";
import { provision } from "./provision";
import { localSources, sourcesConfig, type LocalSource } from "./sources";
import { createSigning, seal, sign, type Signing } from "./signing";

/** All that a client needs to use a running pipeline; the content of `.local/pipeline.json`. */
export interface LocalPipeline extends LocalAws {
  urls: Record<LocalSource, string>;
  signing: Signing;
  /** The stack's outputs, as `pulumi stack output` would show them. */
  outputs: PipelineOutputs;
}

export interface PipelineOutputs {
  webhookUrls: Record<LocalSource, string>;
  secretArns: Record<LocalSource, string>;
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

const project = "webhook-pipeline";

/** Checks the program, provisions it under a suffix, and puts newly made signing secrets into it. */
export async function deployPipeline(aws: LocalAws, suffix: string, onResource?: (count: number) => void): Promise<LocalPipeline> {
  const settings = { ...sourcesConfig, throttleRequestsPerMinute: "60000", throttleBurst: "500" };
  const own = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]));
  const config = { "aws:region": aws.region, ...own };
  const run = { project, stack: suffix, config };
  refuseFaults((await captureProgram(run)).resources);
  const result = await provision(run, aws, onResource);
  const outputs = result.outputs as PipelineOutputs;
  const urls = outputs.webhookUrls;
  const { signing, secrets } = await createSigning(urls);
  const { secretsManager } = createClients(aws);
  for (const source of localSources) {
    await secretsManager.send(
      new PutSecretValueCommand({ SecretId: outputs.secretArns[source], SecretString: JSON.stringify(secrets[source]) }),
    );
  }
  return { ...aws, urls, signing, outputs };
}

/** As AWS would: what the local AWS lets pass is refused here, before anything is made. @throws UserError with every finding. */
export function refuseFaults(resources: readonly GraphResource[]): void {
  const errors = preflight(resources).filter(isError);
  if (errors.length > 0) throw new UserError(`AWS would refuse this, so nothing is made:\n\n${renderText(errors, resources.length)}`);
}

/** A source's request, and what the pipeline answered. */
export interface WebhookResponse {
  status: number;
  /** As the header says it, whatever the body is. */
  transactionId: string | undefined;
  /** The body as it came, and what it says where it is JSON. */
  text: string;
  body: { transactionId?: string; error?: string; message?: string };
  milliseconds: number;
}

/** Seals and signs a body as its source does, and posts it. `headers` replace or, if undefined, remove those of the signature. */
export async function post(
  pipeline: LocalPipeline,
  source: LocalSource,
  body: Buffer,
  headers: Record<string, string | undefined> = {},
): Promise<WebhookResponse> {
  const sealed = seal(source, body, pipeline.signing);
  return postAsIs(pipeline, source, sealed, { ...sign(source, sealed, pipeline.signing), ...headers });
}

/** Posts a body just as it is, with those headers that are not undefined. */
export async function postAsIs(
  pipeline: LocalPipeline,
  source: LocalSource,
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
