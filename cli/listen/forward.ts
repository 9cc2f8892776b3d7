import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Trigger } from "../../domain/destinations";
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
  const { protocol } = new URL(url);
  const isPlain = protocol === "http:";
  const waiting = new AbortController();
  const answered = new Promise<number>((resolve, reject) => {
    const options = { method: "POST", headers, agent: agents[isPlain ? "http:" : "https:"] };
    const sent = (isPlain ? http : https).request(url, options, (response) => {
      response.on("error", () => undefined).resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    void sleep(timeoutMs, undefined, { signal: waiting.signal, ref: false }).then(
      () => sent.destroy(Object.assign(new Error("no answer"), { name: "TimeoutError" })),
      () => undefined,
    );
    sent.end(body);
  });
  return answered.finally(() => waiting.abort());
}
