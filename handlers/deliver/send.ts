import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { addressesOf, ForbiddenAddress, systemResolve, type Resolve } from "./addresses";
import { agentFor } from "./agents";
import { readStart } from "./readStart";

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Milliseconds until the headers of the answer must be there, from the resolution of the name on. */
  timeoutMs: number;
  /** True if the destination is a service on this machine. */
  isLocal: boolean;
}

/** What came of a request: an answer, or the class of an error. */
export type Answer =
  | {
      status: number;
      retryAfter?: string;
      /** Header `webhook-delivery`. */
      delivery?: string;
      /** At most 256 bytes of its body; absent in a success. */
      body?: string;
    }
  | { error: string };

/** Error classes of our own, beside the codes of Node.js. `secret`: nothing was sent, because the destination's secret is of no use. */
export const sendErrors = { timeout: "timeout", forbiddenAddress: "forbidden-address", secret: "secret" } as const;

/** Most bytes of an answer's body that are read, so that the connection can be kept; and most milliseconds. */
const bodyBounds = { bytes: 1_024, milliseconds: 1_000 } as const;

/**
 * Posts a request. It goes only to addresses that were resolved and checked for this attempt; redirects are not followed. It never throws.
 * @param resolve resolves the name of the host
 */
export async function send(request: OutgoingRequest, resolve: Resolve = systemResolve): Promise<Answer> {
  const deadline = AbortSignal.timeout(Math.max(0, request.timeoutMs));
  try {
    const url = new URL(request.url);
    const addresses = await abortable(addressesOf(url.hostname, request.isLocal, resolve), deadline);
    return await postUntilNew(url, request, addresses, deadline);
  } catch (error) {
    return { error: deadline.aborted ? sendErrors.timeout : classOf(error) };
  }
}

/**
 * Posts, and again if a connection that was kept turns out to be ended, at the latest on a new one. The destination recognizes a duplicate
 * by its `webhook-id`.
 */
async function postUntilNew(url: URL, request: OutgoingRequest, addresses: readonly string[], deadline: AbortSignal): Promise<Answer> {
  try {
    return await post(url, request, addresses, deadline);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return await postUntilNew(url, request, addresses, deadline);
  }
}

/** Reports that a kept connection ended before an answer began. */
class StaleConnection extends Error {}
const staleCodes = new Set(["ECONNRESET", "EPIPE"]);

function post(url: URL, request: OutgoingRequest, addresses: readonly string[], signal: AbortSignal): Promise<Answer> {
  const protocol = url.protocol === "http:" && request.isLocal ? "http:" : "https:";
  const { headers, body } = request;
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

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: Buffer): Answer {
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

/** Returns the class of an error, such as `ECONNREFUSED`. Messages may quote addresses. */
function classOf(error: unknown): string {
  if (error instanceof ForbiddenAddress) return sendErrors.forbiddenAddress;
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}

/** Settles as a promise does, or rejects when the signal aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([promise, aborted]);
}
