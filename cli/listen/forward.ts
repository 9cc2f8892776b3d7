import * as http from "node:http";
import * as https from "node:https";
import type { Trigger } from "../../domain/destinations";
import { readStart } from "../../handlers/deliver/readStart";
import { signedHeaders, webhookId } from "../../handlers/deliver/signing";

/** Milliseconds until an answer's headers must be there: the longest that a destination may have. */
const timeoutMs = 30_000;
/** Connections stay open, as those of a delivery do. */
const agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };

/** What came of a request: the status of the answer, or the class of an error, such as `ECONNREFUSED`. */
export interface Forwarded {
  status?: number;
  error?: string;
  durationMs: number;
}

/** Most bytes of an answer's body that are read, so that the connection can be kept; and most milliseconds. */
const bodyBounds = { bytes: 1_024, milliseconds: 1_000 };

/** Posts an event to a service, with the headers of a delivery. Unlike a delivery, it goes to any address. It never throws. */
export async function forward(url: string, key: Buffer, transactionId: string, trigger: Trigger, body: Buffer): Promise<Forwarded> {
  const startedAt = Date.now();
  const headers = signedHeaders([key], { id: webhookId(transactionId), now: startedAt, attempt: 1, trigger, body });
  const result = await post(url, headers, body).then(
    (status) => ({ status }),
    ({ code, name }: NodeJS.ErrnoException) => ({ error: name === "TimeoutError" ? "timeout" : (code ?? name) }),
  );
  return { ...result, durationMs: Date.now() - startedAt };
}

async function post(url: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  const isPlain = new URL(url).protocol === "http:";
  const signal = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const options = { method: "POST", headers, agent: agents[isPlain ? "http:" : "https:"], signal };
    const sent = (isPlain ? http : https).request(url, options).end(body);
    try {
      return await statusOf(sent);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // A service that was started again has ended the connections that were kept.
      if (!sent.reusedSocket || (error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    }
  }
}

/** Waits for the status of the answer. What follows its headers counts for nothing. @throws the error of the request */
function statusOf(sent: http.ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    sent.on("response", (response) => void readStart(response, bodyBounds).then(() => resolve(response.statusCode ?? 0)));
    sent.on("upgrade", ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    sent.on("error", reject);
  });
}
