/**
 * What infrastructure, functions and tools agree on about an event: the item that it is stored as, and what it is published as.
 */

/** Attributes of an item of the events table. The partition key is `transactionId`; there is no sort key. */
export const Attribute = {
  /** `<source>#<the event's identity>`: the same event always has the same key, however often it is sent. */
  transactionId: "transaction_id",
  status: "status",
  /** The source's name, as it is configured. */
  source: "source",
  /** How it signs, where that is not its name: `process` normalizes by it. */
  provider: "provider",
  eventType: "event_type",
  /** When the provider says that it happened, RFC 3339. */
  occurredAt: "occurred_at",
  /** `receivedSource` where the event does not say when it happened; not there where it does. */
  occurredAtSource: "occurred_at_source",
  /** When the receiver stored it, RFC 3339 with milliseconds. */
  receivedAt: "received_at",
  /** The body's bytes exactly as they were signed, but for what `payloadEncoding` says (domain/payload.ts); of a large one, nothing. */
  payload: "payload",
  /** How they are compressed; not there if they are not. */
  payloadEncoding: "payload_encoding",
  /** Where in the payload bucket the bytes of a large body are. */
  payloadKey: "payload_key",
  /** What the body is written in, a `MediaType` (domain/payload.ts). */
  mediaType: "media_type",
  headers: "headers",
  normalized: "normalized",
  /** What it means, whoever sent it; known once it is normalized. */
  kind: "kind",
  /** Claims since it was stored, or last redriven. */
  attempts: "attempts",
  /** How often the reconciler has requeued it since then. */
  requeues: "requeues",
  error: "error",
  /** Which claim owns a PROCESSING item: only its branch of its execution may write the outcome. */
  claimedBy: "claimed_by",
  /** Epoch milliseconds after which another execution may claim a PROCESSING item. */
  leaseUntil: "lease_until",
  /** When the last claim was made, RFC 3339 with milliseconds. */
  claimedAt: "claimed_at",
  /** When it became PROCESSED or FAILED, RFC 3339 with milliseconds. */
  finishedAt: "finished_at",
  /** When it was last requeued by the reconciler or redriven by an operator, RFC 3339 with milliseconds; writing it is also what
   * makes the stream report the item again. */
  requeuedAt: "requeued_at",
  /** Epoch seconds: DynamoDB's time to live. */
  expiresAt: "expires_at",
} as const;

/** The life of an item: RECEIVED → PROCESSING → PROCESSED | FAILED; a redrive puts FAILED back to RECEIVED. domain/lifecycle.ts has the writes. */
export const Status = {
  received: "RECEIVED",
  processing: "PROCESSING",
  processed: "PROCESSED",
  failed: "FAILED",
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** What `occurredAt` is where the event has no time, or one that cannot be: the time of receipt stands in. */
export const receivedSource = "received";

/** The index that finds items by status, oldest first. */
export const byStatusIndex = "by_status";

/** What the index carries of an item beside its keys: all that is needed to requeue and to list events, and nothing of a payload. */
export const indexedAttributes = [
  Attribute.source,
  Attribute.eventType,
  Attribute.kind,
  Attribute.attempts,
  Attribute.requeues,
  Attribute.leaseUntil,
  Attribute.requeuedAt,
  Attribute.finishedAt,
  Attribute.error,
] as const;

/** What an event means, whoever sent it. It is also the detail type under which it is published. */
export const kinds = ["payment.succeeded", "payment.failed", "refund", "dispute", "other"] as const;
export type Kind = (typeof kinds)[number];

/** `source` of every event on the event bus. */
export const eventSource = "webhook.pipeline";

/** What the processing function returns and the event bus carries: ids and classification, never a payload. */
export interface ProcessedEvent {
  transactionId: string;
  source: string;
  eventType: string;
  kind: Kind;
  occurredAt: string;
  /** Only where the event does not say when it happened. */
  occurredAtSource?: typeof receivedSource;
  receivedAt: string;
  /** Whether the provider calls it a test; `false` where it does not say. */
  test: boolean;
  /** The provider's id of the account that it is about; not there where the event does not say. */
  account?: string;
}

/** Builds what the event bus carries of an event that was normalized: the function's result, and a replay's detail. */
export function processedEvent(
  receivedAt: string,
  { transactionId, source, eventType, kind, occurredAt, occurredAtSource, test, account }: Omit<ProcessedEvent, "receivedAt">,
): ProcessedEvent {
  return {
    transactionId,
    source,
    eventType,
    kind,
    occurredAt,
    ...(occurredAtSource && { occurredAtSource }),
    receivedAt,
    test,
    ...(account !== undefined && { account }),
  };
}
