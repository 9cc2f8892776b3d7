import { UserError } from "../../domain/userError";
import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { postAsIs } from "../../local/post";
import type { SourceDescription } from "../../local/sources";
import { findPipeline } from "../lib/announcement";
import { partlyDone } from "../lib/errors";
import { print, printError, printLine } from "../lib/output";
import { progressBar } from "../lib/progress";
import { untilFailed, withUnreadablePayloads } from "./failure";
import { inWords, sendResultOf, type SendResult } from "./result";
import { prepareRequests, type SendOptions } from "./requests";
import { asIs, requireSource, sealing, type Prepared } from "./sealing";

/** Time for one of two tries of a call. None that this command makes takes long, and a stopped emulator must not hold it. */
const tryMs = 6_000;

/** Result of sending an event that is made to fail. */
interface Failed extends SendResult {
  /** The event's error. */
  error?: string;
}

/** Signs events as their source does, and sends them to the local run. */
export async function sendEvent(name: string, file: string | undefined, options: SendOptions): Promise<number> {
  const pipeline = await findPipeline();
  const source = requireSource(pipeline, name);
  const next = await prepareRequests(source, file, options);
  // A signed request needs no key: that of the provider may be one that only it has.
  const prepare = options.header ? asIs : await sealing(pipeline, source, options);
  const prepared = Array.from({ length: options.count }, () => prepare(next()));
  const started = performance.now();
  const outcomes = await sendAll(pipeline, source, prepared, options).catch((error: Error) => {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The pipeline at ${pipeline.endpoint} does not answer (${error.message}). See whether "npx webhook-pipeline start" still runs.`,
    );
  });
  if (options.json) print(JSON.stringify(outcomes));
  else report(outcomes, options, (performance.now() - started) / 1_000);
  const expected = outcomes.filter((outcome) => isExpected(outcome, options)).length;
  return expected === outcomes.length ? 0 : expected === 0 ? 1 : partlyDone;
}

async function sendAll(
  pipeline: LocalPipeline,
  source: SourceDescription,
  prepared: readonly Prepared[],
  { fail }: SendOptions,
): Promise<Failed[]> {
  const target = { pipeline, clients: createClients(pipeline, tryMs) };
  const bar = progressBar(prepared.length);
  const outcomes: SendResult[] = [];
  const send = async () => {
    try {
      for (const { body, headers } of prepared) {
        const sentAt = Date.now();
        const response = await postAsIs(pipeline, source.name, body, headers());
        outcomes.push(await sendResultOf(source, body, response, { ...target, sentAt }));
        bar.show(outcomes.length);
      }
      return outcomes;
    } finally {
      bar.end();
      if (outcomes.length < prepared.length) printError(`${outcomes.length} of ${prepared.length} events were sent.`);
    }
  };
  if (!fail) return send();
  const bodies = prepared.map(({ body }) => body);
  return withUnreadablePayloads(target, source.name, bodies, async () => {
    await send();
    printError("The processor is denied the payload for now. Waiting for its attempts to end …");
    return Promise.all(outcomes.map(async (outcome) => ({ ...outcome, ...(await failureOf(target, outcome)) })));
  });
}

async function failureOf(target: Parameters<typeof untilFailed>[0], { outcome, transactionId }: SendResult): Promise<{ error?: string }> {
  return outcome === "stored" ? { error: await untilFailed(target, transactionId!) } : {};
}

/** Tells whether the pipeline did what the command asked for: with a bad signature, it refuses the event. */
function isExpected({ status, outcome, error }: Failed, { badSignature, fail }: SendOptions): boolean {
  if (badSignature) return status === 401;
  return outcome !== "refused" && (!fail || error !== undefined);
}

function report(outcomes: readonly Failed[], { fail }: SendOptions, seconds: number): void {
  if (outcomes.length === 1) {
    printLine(inWords(outcomes[0]));
  } else {
    const counts = new Map<string, number>();
    for (const { status, outcome } of outcomes) counts.set(`${outcome} (${status})`, (counts.get(`${outcome} (${status})`) ?? 0) + 1);
    printLine(
      `${outcomes.length} events sent in ${seconds.toFixed(1)} s: ${[...counts].map(([what, count]) => `${count} ${what}`).join(", ")}.`,
    );
    // Each reason once: a thousand events can have the same.
    for (const reason of new Set(outcomes.filter(({ outcome }) => outcome === "refused").map(inWords))) printLine(reason);
  }
  // The answer names no check, so that it helps nobody to forge a signature.
  if (outcomes.some(({ status }) => status === 401))
    printError("The run's terminal and the page Sources of the console name the check that failed.");
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (!fail || failed.length === 0) return;
  printLine(`FAILED: ${failed[0].error}`);
  printLine("The cause is gone: the processor can read the payload again. Put the event right:");
  for (const { transactionId } of failed) printLine(`  npx webhook-pipeline events redrive '${transactionId}'`);
}
