import { signatureHeaders } from "../../domain/sources";
import { freshSample, idField } from "../../local/samples";
import { paymentProviders, type PaymentProvider } from "../../local/sources";
import { sign, type Signing } from "../../local/signing";
import type { Pipeline } from "./pipeline";

/** In every payload: where it shows up but in the table, the payload does. */
export const canary = "canary4711";

/** What the sources know: their own record of what the pipeline answered. */
export interface SourceRecord {
  /** Transaction ids by the event's number; one for each copy that was acknowledged. */
  acknowledged: Map<number, string[]>;
  /** When an event was first sent, epoch milliseconds, by its number. */
  sentAt: Map<number, number>;
  /** Every signature that was sent, and what it was made with: nobody else may see them. */
  secrets: Set<string>;
  /** Answers that a source must never get. */
  wrong: string[];
  /** Copies that are not acknowledged yet. */
  waiting: number;
}

/** Seconds after which a source sends again what was not acknowledged; the last one over and over. */
const patience = [10, 60, 300, 600];
/** Three at once, then one every two minutes. */
const eventCount = 12;
/** The one whose body lies in the bucket. */
const largeEvent = 3;
const moments = Array.from({ length: eventCount }, (_, number) => (number < 3 ? 0 : (number - 2) * 120));

/** Genuine events of every provider, one of them thrice, and forged ones. */
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

/** Returns the transaction id of an event by its number. */
export const transactionIdOf = (number: number) => `${paymentProviders[number % paymentProviders.length]}#event-${number}`;

/**
 * Sends an event until it is acknowledged.
 * @param record filled as answers come: the run looks at it meanwhile, whether any copy still waits
 */
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

/** Sends a forged request, until it can be checked and is refused. @param record filled as answers come, as above */
async function sendForged(pipeline: Pipeline, signing: Signing, record: SourceRecord): Promise<void> {
  const body = bodyOf("stripe", 1_000);
  const headers = sign("stripe", Buffer.from(`${body} `), signing);
  record.secrets.add(headers[signatureHeaders.stripe[0]]);
  const { statusCode } = await pipeline.post("stripe", body, headers);
  if (statusCode !== 401 && statusCode < 500) record.wrong.push(`a forged request is answered ${statusCode}`);
}
