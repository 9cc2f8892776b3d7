import type { LocalPipeline } from "./pipeline";
import { seal, sign } from "./signing";

/** API Gateway answers after 29 s at the latest. */
const responseTimeoutMs = 35_000;

/** The pipeline's response to one webhook. */
export interface WebhookResponse {
  status: number;
  /** As the response's header says. */
  transactionId: string | undefined;
  /** The response's body. */
  text: string;
  /** The response's body, if it is JSON. */
  body: { transactionId?: string; error?: string; message?: string };
  milliseconds: number;
}

/**
 * Seals and signs a body as its source does, and posts it.
 * @param headers replace those of the signature; `undefined` removes one
 */
export async function post(
  pipeline: LocalPipeline,
  source: string,
  body: Buffer,
  headers: Record<string, string | undefined> = {},
): Promise<WebhookResponse> {
  const sealed = seal(source, body, pipeline.signing);
  return postAsIs(pipeline, source, sealed, { ...sign(source, sealed, pipeline.signing), ...headers });
}

/** Posts a body unchanged, with the headers that are not `undefined`. */
export async function postAsIs(
  pipeline: LocalPipeline,
  source: string,
  body: Buffer,
  headers: Record<string, string | undefined>,
): Promise<WebhookResponse> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const started = performance.now();
  const request = { method: "POST", headers: Object.fromEntries(given), body: new Uint8Array(body) };
  const response = await fetch(pipeline.urls[source], { ...request, signal: AbortSignal.timeout(responseTimeoutMs) });
  const text = await response.text();
  const transactionId = decodeURIComponent(response.headers.get("x-transaction-id") ?? "") || undefined;
  return { status: response.status, transactionId, text, body: parsed(text), milliseconds: performance.now() - started };
}

function parsed(text: string): WebhookResponse["body"] {
  try {
    return JSON.parse(text) as WebhookResponse["body"];
  } catch {
    return { message: text };
  }
}
