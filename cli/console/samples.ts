import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { postAsIs } from "../../local/post";
import { sampleOf } from "../../local/samples";
import { inWords, sendResultOf } from "../send/result";
import { requireSource, sealing } from "../send/sealing";
import type { SampleBody, Sent } from "./api";

/** Milliseconds for one try of a call. */
const tryMs = 6_000;

/** Returns a new sample of a source. @throws UsageError if the run has no such source */
export function newSample(pipeline: LocalPipeline, source: string): SampleBody {
  return { body: sampleOf(requireSource(pipeline, source)).body.toString() };
}

/** Signs a body as the source does, and sends it to the local run. @throws UsageError if the run has no such source */
export async function sendSample(pipeline: LocalPipeline, name: string, text: string): Promise<Sent> {
  const source = requireSource(pipeline, name);
  const { headers } = sampleOf(source);
  const prepared = (await sealing(pipeline, source))({ body: Buffer.from(text), headers });
  const sentAt = Date.now();
  const response = await postAsIs(pipeline, name, prepared.body, prepared.headers());
  const outcome = await sendResultOf(source, prepared.body, response, { pipeline, clients: createClients(pipeline, tryMs), sentAt });
  const { status, transactionId } = outcome;
  return { outcome: outcome.outcome, status, transactionId: transactionId ?? null, inWords: inWords(outcome) };
}
