import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../domain/userError";
import type { EveryProviderPipeline } from "../../local/pipeline";
import { post, type WebhookResponse } from "../../local/post";
import { sign, type Signing } from "../../local/signing";
import type { Delivery } from "./plan";
import { seeded, type Random } from "./random";

/** A client's record of one delivery. */
export interface Sending {
  delivery: Delivery;
  /** Status of the response, or `undefined` without one. */
  status: number | undefined;
  /** Transaction ID in a 202. */
  acknowledgedAs: string | undefined;
}

/** The record of all clients so far. */
export interface Sent {
  sendings: Sending[];
  /** Tries after the first one of a delivery. */
  retries: number;
  /** Stored events that had not settled when somebody last looked. */
  underWay: number;
}

/**
 * Most events under way while more are sent. The local AWS has a process of its own for each event that is processed at a time. With a hundred
 * of them, two processors answer nothing in time, and what times out is tried again.
 */
const mostUnderWay = 24;
const lookEveryMs = 50;
/** Milliseconds before the first retry, and at most. */
const backoffMs = { first: 100, most: 2_000 };
/** Milliseconds that a client tries. Providers try for days, but nothing here is down that long. */
const patienceMs = 120_000;
const oneHourMs = 60 * 60 * 1_000;

/**
 * Sends everything in the plan's order. Each client takes the next delivery and repeats it until its final response. Neighboring copies are
 * so sent at once. Clients wait while too many events are under way.
 * @param sent filled as responses arrive; progress line and disturbances read it meanwhile
 * @param signal ends it early
 * @throws UserError if a delivery is not answered at all, or too many events stay under way
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
      await untilFewAreUnderWay(sent, signal);
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

async function untilFewAreUnderWay(sent: Readonly<Sent>, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (sent.underWay >= mostUnderWay && !signal.aborted) {
    if (Date.now() > deadline)
      throw new UserError(
        `${mostUnderWay} events or more were under way for ${patienceMs / 1_000} s: the local AWS has stopped. Run the command again.`,
      );
    await sleep(lookEveryMs);
  }
}

/** Retries as a provider does: after silence, 429 or 5xx, at growing intervals, signed anew. */
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
    if (Date.now() > deadline)
      throw new UserError(`A delivery got no response for ${patienceMs / 1_000} s: the local AWS has stopped. Run the command again.`);
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

/** Returns keys of somebody who knows everything but the secrets. */
function otherSigning(signing: Signing): Signing {
  const { stripe, square, paypal } = signing;
  return {
    ...signing,
    stripe: { ...stripe, secret: "whsec_other" },
    square: { ...square, signatureKey: "other" },
    paypal: { ...paypal, webhookId: "OTHER" },
  };
}
