import type { Trigger } from "../../domain/destinations";
import { systemResolve } from "../../handlers/deliver/addresses";
import { abortable, postUntilNew } from "../../handlers/deliver/post";
import { signedHeaders, webhookId } from "../../handlers/deliver/signing";

/** Milliseconds until an answer's headers must be there: the longest that a destination may have. */
const timeoutMs = 30_000;

/** What came of a request: the status of the answer, or the class of an error, such as `ECONNREFUSED`. */
export interface Forwarded {
  status?: number;
  error?: string;
  durationMs: number;
}

/** Posts an event to a service, with the headers of a delivery. Unlike a delivery, it goes to any address. It never throws. */
export async function forward(url: string, key: Buffer, transactionId: string, trigger: Trigger, body: Buffer): Promise<Forwarded> {
  const startedAt = Date.now();
  const headers = signedHeaders([key], { id: webhookId(transactionId), now: startedAt, attempt: 1, trigger, body });
  const result = await post(new URL(url), headers, body);
  return { ...result, durationMs: Date.now() - startedAt };
}

async function post(url: URL, headers: Record<string, string>, body: Buffer): Promise<Omit<Forwarded, "durationMs">> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const addresses = await abortable(systemResolve(url.hostname.replace(/^\[|\]$/g, "")), deadline);
    const { status } = await postUntilNew(url, { headers, body }, addresses, deadline);
    return { status };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return { error: deadline.aborted ? "timeout" : (code ?? name) };
  }
}
