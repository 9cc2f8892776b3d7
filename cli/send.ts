import { readFileSync } from "node:fs";
import { findPipeline } from "./lib/announcement";
import { currentSigning } from "../local/currentSigning";
import { UserError } from "../domain/userError";
import { runCommand, UsageError } from "./lib/errors";
import { parseOptions } from "./lib/options";
import { printLine } from "./lib/output";
import { post, type WebhookResponse, type LocalPipeline } from "../local/pipeline";
import { freshSample } from "../local/samples";
import { localSources, type LocalSource } from "../local/sources";

const usage = "npm run send -- <source> [file]";

/** `npm run send -- <source> [file]`: signs an event as its source does and sends it to the running pipeline. */
async function main(): Promise<number> {
  const { source, file } = readArguments();
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

function readArguments(): { source: LocalSource; file: string | undefined } {
  const [source, file, ...rest] = parseOptions({ allowPositionals: true, options: {} }, usage).positionals;
  if (!isSource(source))
    throw new UsageError(`${usage}: the source is ${source ? `"${source}"` : "missing"}, but must be one of ${localSources.join(", ")}.`);
  if (rest.length > 0) throw new UsageError(`Unexpected argument '${rest[0]}': ${usage}`);
  return { source, file };
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

void runCommand(main);
