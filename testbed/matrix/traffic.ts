import { signatureHeaders } from "../../domain/sources";
import { freshSample, idField } from "../../local/samples";
import { paymentProviders, type PaymentProvider } from "../../local/sources";
import { sign, type Signing } from "../../local/signing";
import type { Pipeline } from "./pipeline";

/** A text in every payload. If it appears outside the table, the payload has leaked. */
export const canary = "canary4711";

/** The sources' record of the pipeline's responses. */
export interface SourceRecord {
  /** Transaction IDs by event number, one for each acknowledged copy. */
  acknowledged: Map<number, string[]>;
  /** Time of the first sending by event number, in epoch milliseconds. */
  sentAt: Map<number, number>;
  /** All sent signatures and their keys. They must not appear anywhere else. */
  secrets: Set<string>;
  /** Responses that a source must never get. */
  wrong: string[];
  /** Copies not yet acknowledged. */
  waiting: number;
}

/** Seconds before each retry of a source. The last one repeats. */
const patience = [10, 60, 300, 600];
/** Three at once, then one every two minutes. */
const eventCount = 12;
/** Number of the event whose body goes to the bucket. */
const largeEvent = 3;
const moments = Array.from({ length: eventCount }, (_, number) => (number < 3 ? 0 : (number - 2) * 120));

/** Sends genuine events of every provider, one of them three times, and forged ones. */
export function sendTraffic(pipeline: Pipeline, signing: Signing): SourceRecord {
  const record: SourceRecord = {
    acknowledged: new Map(),
    sentAt: new Map(),
    secrets: new Set([signing.stripe.secret, signing.square.signatureKey, signing.paypal.privateKey]),
    wrong: [],
    waiting: 0,
  };
  const send = (number: number, seconds: number) => {
    record.waiting++;
    pipeline.clock.spawn(async () => {
      await pipeline.clock.wait(seconds * 1_000);
      record.sentAt.set(number, record.sentAt.get(number) ?? pipeline.clock.now);
      const provider = paymentProviders[number % paymentProviders.length];
      await sendUntilAcknowledged(pipeline, signing, provider, bodyOf(provider, number), number, record);
      record.waiting--;
    });
  };
  moments.forEach((seconds, number) => send(number, seconds));
  send(0, 0);
  send(0, 130);
  for (const seconds of [0, 125]) {
    record.waiting++;
    pipeline.clock.spawn(async () => {
      await pipeline.clock.wait(seconds * 1_000);
      await sendForged(pipeline, signing, record);
      record.waiting--;
    });
  }
  return record;
}

function bodyOf(provider: PaymentProvider, number: number): string {
  const event = JSON.parse(freshSample(provider).toString()) as Record<string, unknown>;
  const note = canary.padEnd(number === largeEvent ? 300_000 : 0, "x");
  return JSON.stringify({ ...event, [idField[provider]]: `event-${number}`, note });
}

/** Returns the transaction ID of an event by its number. */
export const transactionIdOf = (number: number) => `${paymentProviders[number % paymentProviders.length]}#event-${number}`;

/** Sends an event until it is acknowledged. @param record filled as responses arrive; the run reads it meanwhile */
async function sendUntilAcknowledged(
  pipeline: Pipeline,
  signing: Signing,
  provider: PaymentProvider,
  body: string,
  number: number,
  record: SourceRecord,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    const headers = sign(provider, Buffer.from(body), signing);
    record.secrets.add(headers[signatureHeaders[provider][0]]);
    const response = await pipeline.post(provider, body, headers);
    if (response.statusCode === 202) {
      const { transactionId } = JSON.parse(response.body) as { transactionId: string };
      record.acknowledged.set(number, [...(record.acknowledged.get(number) ?? []), transactionId]);
      if (!pipeline.table.items.has(transactionId)) record.wrong.push(`${transactionId} is acknowledged, and not stored`);
      return;
    }
    if (response.statusCode < 500) record.wrong.push(`${transactionIdOf(number)} is answered ${response.statusCode}`);
    if (response.statusCode === 503 && response.headers?.["Retry-After"] === undefined) record.wrong.push("a 503 has no Retry-After");
    pipeline.remedies.source++;
    await pipeline.clock.wait(patience[Math.min(tries, patience.length - 1)] * 1_000);
  }
}

/** Sends a forged request. While it cannot be checked, a 5XX is right, too. @param record filled as responses arrive */
async function sendForged(pipeline: Pipeline, signing: Signing, record: SourceRecord): Promise<void> {
  const body = bodyOf("stripe", 1_000);
  const headers = sign("stripe", Buffer.from(`${body} `), signing);
  record.secrets.add(headers[signatureHeaders.stripe[0]]);
  const { statusCode } = await pipeline.post("stripe", body, headers);
  if (statusCode !== 401 && statusCode < 500) record.wrong.push(`a forged request is answered ${statusCode}`);
}
