import { UserError } from "../../domain/userError";
import { currentKey } from "../../local/currentKey";
import type { LocalPipeline } from "../../local/pipeline";
import { post } from "../../local/post";
import { sampleOf } from "../../local/samples";

/** Sample events that a start has sent. */
export interface SentSamples {
  /** Transaction IDs of the events that were accepted. */
  ids: string[];
  /** Sources for which there is a sample. */
  count: number;
}

/** Sends a sample of each source. A source for whose secret nothing here can sign is left out, with a line that says so. */
export async function sendSamples(pipeline: LocalPipeline, show: (line: string) => void): Promise<SentSamples> {
  const ids: string[] = [];
  let count = 0;
  for (const source of pipeline.sources) {
    const { name } = source;
    const key = await currentKey(pipeline, name).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      show(`  ${name} sample: not sent. ${error.message}`);
    });
    if (!key) continue;
    count++;
    const { body, headers } = sampleOf(source);
    const signing = { ...pipeline.signing, [name]: key };
    const { status, transactionId, text, milliseconds } = await post({ ...pipeline, signing }, name, body, headers);
    show(`  ${name} sample: ${status} in ${milliseconds.toFixed(0)} ms  ${transactionId ?? text}`);
    if (transactionId) ids.push(transactionId);
  }
  return { ids, count };
}
