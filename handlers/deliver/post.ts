import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { agentFor } from "./agents";
import { readStart } from "./readStart";

/** Headers and body of a request. */
export interface Content {
  headers: Record<string, string>;
  body: Buffer;
}

/** What an endpoint has answered. */
export interface Answered {
  status: number;
  retryAfter?: string;
  /** Header `webhook-delivery`. */
  delivery?: string;
  /** At most 256 bytes of its body; absent in a success. */
  body?: string;
}

/** Most bytes of an answer's body that are read, so that the connection can be kept; and most milliseconds. */
const bodyBounds = { bytes: 1_024, milliseconds: 1_000 } as const;

/**
 * Posts, and again if a connection that was kept turns out to be ended, at the latest on a new one. The endpoint recognizes a duplicate by
 * its `webhook-id`. Redirects are not followed.
 * @param addresses those to which a connection may go: not checked here
 * @throws the error of the request, or that of the deadline
 */
export async function postUntilNew(url: URL, content: Content, addresses: readonly string[], deadline: AbortSignal): Promise<Answered> {
  try {
    return await post(url, content, addresses, deadline);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return await postUntilNew(url, content, addresses, deadline);
  }
}

/** Reports that a kept connection ended before an answer began. */
class StaleConnection extends Error {}
const staleCodes = new Set(["ECONNRESET", "EPIPE"]);

function post(url: URL, { headers, body }: Content, addresses: readonly string[], signal: AbortSignal): Promise<Answered> {
  const protocol = url.protocol === "http:" ? "http:" : "https:";
  const options = { method: "POST", headers, agent: agentFor(protocol), lookup: lookupOf(addresses), addresses, signal };
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const sent = (protocol === "http:" ? http : https).request(url, options, (response) => {
      isAnswered = true;
      void readStart(response, bodyBounds).then((start) => resolve(answerOf(response, start)));
    });
    sent.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(answerOf(response, Buffer.alloc(0)));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && staleCodes.has(error.code ?? "");
      // After the headers, only the rest of the body is missing.
      if (!isAnswered) reject(isStale ? new StaleConnection() : error);
    });
    sent.end(body);
  });
}

/** Returns a resolver that knows these addresses alone. A second question to DNS could have another answer. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all: wantsAll }, callback) => (wantsAll ? callback(null, all) : callback(null, all[0].address, all[0].family));
}

/** Most bytes of a refusal's body that are stored. */
const storedBytes = 256;

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: Buffer): Answered {
  const delivery = headers["webhook-delivery"];
  const isSuccess = statusCode >= 200 && statusCode < 300;
  return {
    status: statusCode,
    ...(headers["retry-after"] !== undefined && { retryAfter: headers["retry-after"] }),
    ...(delivery !== undefined && { delivery: String(delivery).toLowerCase() }),
    ...(!isSuccess && body.length > 0 && { body: textOf(body) }),
  };
}

/** Returns the beginning of a body as text of at most 256 bytes. A replaced byte takes three. */
function textOf(body: Buffer): string {
  let text = body.subarray(0, storedBytes).toString("utf8");
  while (Buffer.byteLength(text) > storedBytes) text = text.slice(0, -1);
  return text;
}

/** Settles as a promise does, or rejects when the signal aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([promise, aborted]);
}
