import { bounds } from "../../request/bounds";
import { within } from "../../aws/deadline";
import { Refusal } from "../../errors";

const timeoutMs = 3_000;

/** What is downloaded: a certificate, or a set of keys. */
export interface Expected {
  /** Its name in the reasons of refusals. */
  what: "certificate" | "key set";
  isExpected: (answer: Buffer) => boolean;
  /** True if a request names it, so that 404 means a forged request. */
  isNamed: boolean;
}

/**
 * Downloads from a pinned URL, and once more after a failure. It follows no redirect.
 * @throws Refusal signature, if a request names something that is not there; unavailable, if it cannot be fetched
 */
export async function downloadTwice(url: string, expected: Expected, triesLeft = 2): Promise<Buffer> {
  try {
    return await download(url, expected);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (triesLeft > 1) return downloadTwice(url, expected, triesLeft - 1);
    throw new Refusal("unavailable", `${expected.what} not available`);
  }
}

/** Downloads once. @throws Error if the answer is not what is expected; Refusal if it does not exist */
async function download(url: string, { what, isExpected, isNamed }: Expected): Promise<Buffer> {
  const response = await fetch(url, { redirect: "error", signal: within(timeoutMs) });
  if (response.status === 404 && isNamed) throw new Refusal("signature", `no such ${what}`);
  const answer = response.status === 200 ? await readSmall(response) : Buffer.alloc(0);
  if (!isExpected(answer)) throw new Error(`not a ${what}`);
  return answer;
}

/** Reads an answer of limited size. @throws Error if it is longer than any certificate or set of keys */
async function readSmall(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bounds.certificateBytes) throw new Error("too long for a certificate");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
