import { readFileSync } from "node:fs";
import { findPipeline } from "./lib/announcement";
import { currentSigning } from "../local/currentSigning";
import { UserError } from "../domain/userError";
import { runCommand, UsageError } from "./lib/errors";
import { parseOptions } from "./lib/options";
import { printLine } from "./lib/output";
import { post, type Answer, type LocalPipeline } from "../local/pipeline";
import { freshSample } from "../local/samples";
import { localSenders, type LocalSender } from "../local/senders";

const usage = "npm run send -- <sender> [file]";

/** `npm run send -- <sender> [file]`: signs an event as its sender does and sends it to the running pipeline. */
async function main(): Promise<number> {
  const { sender, file } = readArguments();
  const body = file === undefined ? freshSample(sender) : readBody(file);
  const pipeline = await findPipeline();
  const answer = await sendSigned(pipeline, sender, body).catch((error: Error) => {
    if (error instanceof UserError) throw error;
    throw new UserError(`The pipeline at ${pipeline.endpoint} does not answer; is "npm start" still running? (${error.message})`);
  });
  printLine(`${answer.status} in ${answer.milliseconds.toFixed(0)} ms  ${answer.transactionId ?? answer.text}`);
  return answer.status < 300 ? 0 : 1;
}

async function sendSigned(pipeline: LocalPipeline, sender: LocalSender, body: Buffer): Promise<Answer> {
  return post({ ...pipeline, signing: await currentSigning(pipeline, sender) }, sender, body);
}

function readArguments(): { sender: LocalSender; file: string | undefined } {
  const [sender, file, ...rest] = parseOptions({ allowPositionals: true, options: {} }, usage).positionals;
  if (!isSender(sender))
    throw new UsageError(`${usage}: the sender is ${sender ? `"${sender}"` : "missing"}, but must be one of ${localSenders.join(", ")}.`);
  if (rest.length > 0) throw new UsageError(`Unexpected argument '${rest[0]}': ${usage}`);
  return { sender, file };
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
