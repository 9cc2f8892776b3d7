import { readFileSync } from "node:fs";
import { findPipeline } from "../lib/announcement";
import { currentSigning } from "../../local/currentSigning";
import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { printLine } from "../lib/output";
import { post, type WebhookResponse, type LocalPipeline } from "../../local/pipeline";
import { freshSample } from "../../local/samples";
import { localSources, type LocalSource } from "../../local/sources";

/** What `send` is asked. */
export interface SendOptions {
  type?: string;
  count: number;
  badSignature?: boolean;
  fail?: boolean;
  json?: boolean;
}

/** Signs an event as its source does, and sends it to the local run. */
export async function sendEvent(name: string, file: string | undefined, _options: SendOptions): Promise<number> {
  const source = sourceOf(name);
  const body = file === undefined ? freshSample(source) : readBody(file);
  const pipeline = await findPipeline();
  const response = await sendSigned(pipeline, source, body).catch((error: Error) => {
    if (error instanceof UserError) throw error;
    throw new UserError(`The pipeline at ${pipeline.endpoint} does not answer; is "npm start" still running? (${error.message})`);
  });
  printLine(`${response.status} in ${response.milliseconds.toFixed(0)} ms  ${response.transactionId ?? response.text}`);
  return response.status < 300 ? 0 : 1;
}

async function sendSigned(pipeline: LocalPipeline, source: LocalSource, body: Buffer): Promise<WebhookResponse> {
  return post({ ...pipeline, signing: await currentSigning(pipeline, source) }, source, body);
}

function sourceOf(name: string): LocalSource {
  if (isSource(name)) return name;
  throw new UsageError(`Unknown source "${name}". Sources: ${localSources.join(", ")}.`);
}

function isSource(name: string | undefined): name is LocalSource {
  return (localSources as readonly (string | undefined)[]).includes(name);
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UserError(`The file ${file} cannot be read.`);
  }
}
