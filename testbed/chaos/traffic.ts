import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../domain/userError";
import { post, type EveryProviderPipeline, type WebhookResponse } from "../../local/pipeline";
import { sign, type Signing } from "../../local/signing";
import type { Delivery } from "./plan";
import { seeded, type Random } from "./random";

/** What a client writes down of one delivery. */
export interface Sending {
  delivery: Delivery;
  /** `undefined`: not answered by the end. */
  status: number | undefined;
  /** The transaction id that came with a 202. */
  acknowledgedAs: string | undefined;
}

/** What all clients together have seen so far. */
export interface Sent {
  sendings: Sending[];
  /** Tries after the first one of a delivery. */
  retries: number;
}

/** Milliseconds before a retry: the first, and the most. */
const backoffMs = { first: 100, most: 2_000 };
/** How long a client tries: a provider has days, but nothing here is down for so long. */
const patienceMs = 120_000;
const oneHourMs = 60 * 60 * 1_000;

/**
 * Sends everything in the plan's order, each client taking the next delivery, and each repeating it until it is answered
 * for good. Copies next to each other are so sent at once.
 * @param sent filled as answers come: the line of progress and the disturbances read it meanwhile
 * @param signal ends it early
 * @throws UserError if a delivery is not answered at all
 */
export async function sendAll(
  pipeline: EveryProviderPipeline,
  deliveries: readonly Delivery[],
  { clients, seed }: { clients: number; seed: number },
  sent: Sent,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const send = async (random: Random) => {
    while (next < deliveries.length && !signal.aborted) {
      const delivery = deliveries[next++];
      const { response, retries } = await untilAnswered(pipeline, delivery, random, signal);
      sent.retries += retries;
      sent.sendings.push({
        delivery,
        status: response?.status,
        acknowledgedAs: response?.status === 202 ? response.body.transactionId : undefined,
      });
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => send(seeded(seed + index))));
}

/** Repeats a request as a provider does: without an answer, or after 429 or 5xx, it is sent again later and later, signed anew. */
async function untilAnswered(
  pipeline: EveryProviderPipeline,
  delivery: Delivery,
  random: Random,
  signal: AbortSignal,
): Promise<{ response: WebhookResponse | undefined; retries: number }> {
  const deadline = Date.now() + patienceMs;
  let retries = 0;
  while (!signal.aborted) {
    const response = await post(pipeline, delivery.provider, Buffer.from(delivery.body), headersOf(delivery, pipeline.signing)).catch(
      () => undefined,
    );
    if (response && response.status !== 429 && response.status < 500) return { response, retries };
    if (Date.now() > deadline) throw new UserError(`A delivery has not been answered for ${patienceMs / 1_000} s: the local AWS is gone.`);
    retries++;
    const most = Math.min(backoffMs.first * 2 ** retries, backoffMs.most);
    await sleep(most * (0.5 + random.fraction() / 2), undefined, { signal }).catch(() => undefined);
  }
  return { response: undefined, retries };
}

function headersOf({ provider, body, signature }: Delivery, signing: Signing): ReturnType<typeof sign> {
  const bytes = Buffer.from(body);
  switch (signature) {
    case "proper":
      return sign(provider, bytes, signing);
    case "other key":
      return sign(provider, bytes, otherSigning(signing));
    case "other body":
      return sign(provider, Buffer.from(`${body} `), signing);
    case "old":
      return sign(provider, bytes, signing, new Date(Date.now() - oneHourMs));
  }
}

/** Signs as somebody who knows everything except the secret. */
function otherSigning(signing: Signing): Signing {
  const { stripe, square, paypal } = signing;
  return {
    ...signing,
    stripe: { ...stripe, secret: "whsec_other" },
    square: { ...square, signatureKey: "other" },
    paypal: { ...paypal, webhookId: "OTHER" },
  };
}
