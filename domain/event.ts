/** Defines events for infrastructure, functions and tools: the stored item, and the published event. */

/** Attributes of an item of the events table. The partition key is `transactionId`; there is no sort key. */
export const Attribute = {
  /** `<source>#<event identity>`. The same event always has the same key, however often it is sent. */
  transactionId: "transaction_id",
  status: "status",
  /** Name of the source, as configured. */
  source: "source",
  /** The source's provider, if it differs from the source's name. `process` normalizes by it. */
  provider: "provider",
  eventType: "event_type",
  /** When it happened according to the provider, RFC 3339. */
  occurredAt: "occurred_at",
  /** `receivedSource` if the event does not say when it happened; otherwise absent. */
  occurredAtSource: "occurred_at_source",
  /** When the receiver stored it, RFC 3339 with milliseconds. */
  receivedAt: "received_at",
  /**
   * Bytes of the body, exactly as signed, except for the compression in `payloadEncoding` (domain/payload.ts). A large body is not in the
   * item.
   */
  payload: "payload",
  /** Compression of the payload; absent if it is not compressed. */
  payloadEncoding: "payload_encoding",
  /** Key of a large body in the payload bucket. */
  payloadKey: "payload_key",
  /** Format of the body, a `MediaType` (domain/payload.ts); absent if it is JSON. */
  mediaType: "media_type",
  /** Stored headers, by lower-case name; never one with a signature. Absent if there is none. */
  headers: "headers",
  /** What the event means: amount, account, references and test mode. Its other fields are attributes of the item itself. */
  normalized: "normalized",
  /** Kind of the event, the same for every provider. Set when the event is normalized. */
  kind: "kind",
  /** Claims since it was stored, or last redriven. */
  attempts: "attempts",
  /** Number of times the reconciler has requeued it since then. */
  requeues: "requeues",
  error: "error",
  /** Claim that owns a PROCESSING item (`executionName#index`). Only this Map branch of this execution may write the outcome. */
  claimedBy: "claimed_by",
  /** Epoch milliseconds after which another execution may claim a PROCESSING item. */
  leaseUntil: "lease_until",
  /** When the last claim was made, RFC 3339 with milliseconds. */
  claimedAt: "claimed_at",
  /** When it became PROCESSED or FAILED, RFC 3339 with milliseconds. */
  finishedAt: "finished_at",
  /**
   * When the reconciler last requeued it or an operator last redrove it, RFC 3339 with milliseconds. Writing it also makes the stream
   * report the item again.
   */
  requeuedAt: "requeued_at",
  /** What went wrong since it was stored or last redriven: a list of `HistoryEntry`. Absent if nothing did. See domain/history.ts. */
  history: "history",
  /** The history before the last redrive. */
  previousHistory: "previous_history",
  /** The history before the redrive before that. */
  olderHistory: "older_history",
  /** When it expires, epoch seconds (DynamoDB's time to live). */
  expiresAt: "expires_at",
  /** Shard of the indexes to which it belongs (domain/shards.ts). It never changes. */
  shard: "shard",
  /** When the reconciler should look at it, epoch milliseconds; absent once it is PROCESSED or FAILED. */
  dueAt: "due_at",
  /** Its shard while it is PROCESSED or FAILED. */
  settledShard: "settled_shard",
  /** Its shard while it is FAILED. */
  failedShard: "failed_shard",
} as const;

/** Most bytes of a partition key of DynamoDB. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const longestKeyBytes = 2_048;

/** Status of an item: RECEIVED → PROCESSING → PROCESSED | FAILED. A redrive moves FAILED to RECEIVED. See domain/lifecycle.ts. */
export const Status = {
  received: "RECEIVED",
  processing: "PROCESSING",
  processed: "PROCESSED",
  failed: "FAILED",
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** Value of `occurredAtSource` if the event has no usable time and `occurredAt` is the time of receipt. */
export const receivedSource = "received";

/** Attributes in an index beside its keys: what a list of events shows, and no payload. */
export const listedAttributes = [
  Attribute.status,
  Attribute.source,
  Attribute.eventType,
  Attribute.kind,
  Attribute.attempts,
  Attribute.requeuedAt,
  Attribute.finishedAt,
  Attribute.error,
] as const;

/**
 * Indexes of the table. An item is in an index while it has both of its keys. Keys never change, because a change costs two writes. Each
 * index has a key for each shard, because one key takes only `writesPerKey`.
 */
export const indexes = {
  /** Finds RECEIVED and PROCESSING events, by the time at which the reconciler should look at them. It holds keys only. */
  open: { name: "open", hashKey: Attribute.shard, rangeKey: Attribute.dueAt, attributes: [] },
  /** Finds PROCESSED and FAILED events by their time of receipt, with what a list shows. */
  byTime: {
    name: "by_time",
    hashKey: Attribute.settledShard,
    rangeKey: Attribute.receivedAt,
    attributes: listedAttributes,
  },
  /** Finds FAILED events by their time of receipt, with what a list of them shows. */
  failed: {
    name: "failed",
    hashKey: Attribute.failedShard,
    rangeKey: Attribute.receivedAt,
    attributes: listedAttributes,
  },
} as const;

/** Kinds of events, the same for every provider. The kind is also the detail type of the published event. */
export const kinds = [
  "payment.authorized",
  "payment.succeeded",
  "payment.failed",
  "payment.canceled",
  "refund",
  "refund.failed",
  "dispute",
  "payout",
  "other",
] as const;
export type Kind = (typeof kinds)[number];

/** Value of `source` of every event on the event bus. */
export const eventSource = "webhook.pipeline";

/** Event that the processor returns and the event bus carries: IDs and classification, never a payload. */
export interface ProcessedEvent {
  transactionId: string;
  source: string;
  eventType: string;
  kind: Kind;
  occurredAt: string;
  /** Present only if the event does not say when it happened. */
  occurredAtSource?: typeof receivedSource;
  receivedAt: string;
  /** `true` if the provider marks it as a test; `false` if it does not say. */
  test: boolean;
  /** The provider's ID of the account that the event is about; absent if the event does not say. */
  account?: string;
}

/** Builds the published form of a normalized event: the processing function's result, and the detail of a replay. */
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
