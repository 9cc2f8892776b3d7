import { readFileSync } from "node:fs";
import { providerNames, type ProviderName } from "../contract";
import { runCommand, UserError } from "./errors";
import { findPipeline, post } from "./pipeline";
import { freshSample } from "./samples";

/** `npm run send -- <provider> [file.json]`: signs an event as its provider does and sends it to the running pipeline. */
async function main(): Promise<number> {
  const [provider, file, ...rest] = process.argv.slice(2);
  if (!isProvider(provider) || rest.length > 0) {
    throw new UserError(
      `npm run send -- <provider> [file.json]: the provider is ${provider ? `"${provider}"` : "missing"}, but must be one of ${providerNames.join(", ")}.`,
    );
  }
  const pipeline = findPipeline();
  const body = file === undefined ? freshSample(provider) : readBody(file);
  const answer = await post(pipeline, provider, body).catch(() => {
    throw new UserError(`The pipeline at ${pipeline.endpoint} does not answer; is "npm start" still running?`);
  });
  console.log(`${answer.status} in ${answer.milliseconds.toFixed(0)} ms  ${JSON.stringify(answer.body)}`);
  return answer.status === 202 ? 0 : 1;
}

function isProvider(name: string | undefined): name is ProviderName {
  return (providerNames as readonly (string | undefined)[]).includes(name);
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UserError(`The file ${file} cannot be read.`);
  }
}

void runCommand(main);
