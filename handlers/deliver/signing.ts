import { createHash, createHmac } from "node:crypto";
import type { Trigger } from "../../domain/destinations";

/**
 * Returns an event's `webhook-id`, by which a destination recognizes duplicates: the same for every attempt, redelivery and replay. It is a
 * digest, because the specification allows no dot, and a transaction ID may have any character.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhookId = (transactionId: string): string =>
  `msg_${createHash("sha256").update(transactionId).digest("base64url").slice(0, 32)}`;

/** Returns the value of `webhook-signature`: one signature for each key. @param at seconds since 1970 */
export function signature(keys: readonly Buffer[], id: string, at: number, body: Buffer): string {
  const sign = (key: Buffer) => `v1,${createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest("base64")}`;
  return keys.map(sign).join(" ");
}

/** What the headers of a request say. */
export interface Signed {
  id: string;
  /** Time of the attempt, epoch milliseconds. */
  now: number;
  /** Number of the attempt, from 1. */
  attempt: number;
  trigger: Trigger;
  body: Buffer;
}

/** Returns the headers of a request. */
export function signedHeaders(keys: readonly Buffer[], { id, now, attempt, trigger, body }: Signed): Record<string, string> {
  const seconds = Math.floor(now / 1_000);
  return {
    "content-type": "application/json",
    "content-length": String(body.length),
    "user-agent": "webhook-pipeline",
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signature(keys, id, seconds, body),
    "webhook-attempt": String(attempt),
    "webhook-trigger": trigger,
  };
}
