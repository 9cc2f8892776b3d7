import { readFileSync } from "node:fs";
import { runCommand, UserError } from "./errors";
import { findPipeline, post } from "./pipeline";
import { freshSample } from "./samples";
import { localSenders, type LocalSender } from "./senders";

/** `npm run send -- <sender> [file]`: signs an event as its sender does and sends it to the running pipeline. */
async function main(): Promise<number> {
  const [sender, file, ...rest] = process.argv.slice(2);
  if (!isSender(sender) || rest.length > 0) {
    throw new UserError(
      `npm run send -- <sender> [file]: the sender is ${sender ? `"${sender}"` : "missing"}, but must be one of ${localSenders.join(", ")}.`,
    );
  }
  const pipeline = findPipeline();
  const body = file === undefined ? freshSample(sender) : readBody(file);
  const answer = await post(pipeline, sender, body).catch(() => {
    throw new UserError(`The pipeline at ${pipeline.endpoint} does not answer; is "npm start" still running?`);
  });
  console.log(`${answer.status} in ${answer.milliseconds.toFixed(0)} ms  ${answer.transactionId ?? answer.text}`);
  return answer.status < 300 ? 0 : 1;
}

function isSender(name: string | undefined): name is LocalSender {
  return (localSenders as readonly (string | undefined)[]).includes(name);
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UserError(`The file ${file} cannot be read.`);
  }
}

void runCommand(main);
