import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { readFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { providerNames, type ProviderName } from "../contract";
import { captureProgram } from "../graph/capture";
import type { GraphResource } from "../graph/resource";
import { isError, preflight } from "../policy/preflight";
import { renderText } from "../policy/report";
import { createClients, type LocalAws } from "./clients";
import { UserError } from "./errors";
import { provision } from "./provision";
import { createSigning, sign, type Signing } from "./signing";

/** All that a client needs to use a running pipeline; the content of `.local/pipeline.json`. */
export interface LocalPipeline extends LocalAws {
  urls: Record<ProviderName, string>;
  signing: Signing;
  /** The stack's outputs, as `pulumi stack output` would show them. */
  outputs: PipelineOutputs;
}

export interface PipelineOutputs {
  webhookUrls: Record<ProviderName, string>;
  secretArns: Record<ProviderName, string>;
  tableName: string;
  deadLetterQueueUrl: string;
  stateMachineArn: string;
  eventBusName: string;
  receiveFunctionName: string;
  processFunctionName: string;
  reconcileFunctionName: string;
  [output: string]: unknown;
}

export const project = "webhook-pipeline";

/** Checks the program, provisions it under a suffix, and puts newly made signing secrets into it. */
export async function deployPipeline(aws: LocalAws, suffix: string, onResource?: (count: number) => void): Promise<LocalPipeline> {
  const config = { "aws:region": aws.region, [`${project}:throttleRequestsPerMinute`]: "600000", [`${project}:throttleBurst`]: "5000" };
  const run = { project, stack: suffix, config };
  refuseFaults((await captureProgram(run)).resources);
  const result = await provision(run, aws, onResource);
  const outputs = result.outputs as PipelineOutputs;
  const urls = outputs.webhookUrls;
  const { signing, secrets } = await createSigning(urls);
  const { secretsManager } = createClients(aws);
  for (const provider of providerNames) {
    await secretsManager.send(
      new PutSecretValueCommand({ SecretId: outputs.secretArns[provider], SecretString: JSON.stringify(secrets[provider]) }),
    );
  }
  return { ...aws, urls, signing, outputs };
}

/** As AWS would: what the local AWS lets pass is refused here, before anything is made. @throws UserError with every finding. */
export function refuseFaults(resources: readonly GraphResource[]): void {
  const errors = preflight(resources).filter(isError);
  if (errors.length > 0) throw new UserError(`AWS would refuse this, so nothing is made:\n\n${renderText(errors, resources.length)}`);
}

/** A sender's request, and what the pipeline answered. */
export interface Answer {
  status: number;
  body: { transactionId?: string; error?: string; message?: string };
  milliseconds: number;
}

/** Signs a body as its provider does, and posts it. `headers` replace or, if undefined, remove those of the signature. */
export async function post(
  pipeline: LocalPipeline,
  provider: ProviderName,
  body: Buffer,
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  const all = Object.entries({ ...sign(provider, body, pipeline.signing), ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const started = performance.now();
  const response = await fetch(pipeline.urls[provider], { method: "POST", headers: Object.fromEntries(all), body: new Uint8Array(body) });
  const text = await response.text();
  return { status: response.status, body: parseAnswer(text), milliseconds: performance.now() - started };
}

function parseAnswer(text: string): Answer["body"] {
  try {
    return JSON.parse(text) as Answer["body"];
  } catch {
    return { message: text };
  }
}

const folder = path.resolve(__dirname, "..", ".local");
const file = path.join(folder, "pipeline.json");

/** Leaves word of a running pipeline for other programs; readable by its owner alone, for it holds keys. */
export function announcePipeline(pipeline: LocalPipeline): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(pipeline, undefined, 2), { mode: 0o600 });
}

/** Takes the word back, unless another pipeline has left its own since. */
export function withdrawPipeline({ endpoint }: LocalPipeline): void {
  if (readAnnounced()?.endpoint === endpoint) rmSync(file, { force: true });
}

/** @throws UserError if no pipeline runs. */
export function findPipeline(): LocalPipeline {
  const pipeline = readAnnounced();
  if (!pipeline) throw new UserError('No pipeline runs here: start one with "npm start" in another terminal.');
  return pipeline;
}

function readAnnounced(): LocalPipeline | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LocalPipeline;
  } catch {
    return undefined;
  }
}
