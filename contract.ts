/**
 * What the infrastructure and the handlers must agree on. Constants and types only; imports nothing, so that both
 * sides can read it: `components/` when it writes policies and states, `handlers/` when it runs inside Lambda.
 */

/** Attributes of an item of the events table. The partition key is `transactionId`; there is no sort key. */
export const Attribute = {
  /** `<provider>#<the provider's event id>`: the same event always has the same key, however often it is sent. */
  transactionId: "transaction_id",
  status: "status",
  provider: "provider",
  eventType: "event_type",
  /** When the provider says that it happened, RFC 3339. */
  occurredAt: "occurred_at",
  /** When the receiver stored it, RFC 3339 with milliseconds. */
  receivedAt: "received_at",
  /** The body's bytes exactly as they were signed. */
  payload: "payload",
  headers: "headers",
  normalized: "normalized",
  /** What it means, whoever sent it; known once it is normalised. */
  kind: "kind",
  /** Claims since it was last put into the flow by a sender or an operator. */
  attempts: "attempts",
  /** How often the reconciler has put it back since then. */
  recoveries: "recoveries",
  error: "error",
  /** Which claim owns a PROCESSING item: only its branch of its execution may write the outcome. */
  claimedBy: "claimed_by",
  /** Epoch milliseconds after which another execution may claim a PROCESSING item. */
  leaseUntil: "lease_until",
  /** When the last claim was made, RFC 3339 with milliseconds. */
  claimedAt: "claimed_at",
  /** When it became PROCESSED or FAILED, RFC 3339 with milliseconds. */
  finishedAt: "finished_at",
  /** When it was last put back into the flow, by the reconciler or an operator, RFC 3339 with milliseconds; writing it is also what
   * makes the stream report the item again. */
  returnedAt: "returned_at",
  /** Epoch seconds: DynamoDB's time to live. */
  expiresAt: "expires_at",
} as const;

/** The life of an item: RECEIVED → PROCESSING → PROCESSED | FAILED; a redrive puts FAILED back to RECEIVED. lifecycle.ts has the writes. */
export const Status = {
  received: "RECEIVED",
  processing: "PROCESSING",
  processed: "PROCESSED",
  failed: "FAILED",
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** The index that finds items by status, oldest first. */
export const byStatusIndex = "by_status";

/** What the index carries of an item beside its keys: all that is needed to recover and to list events, and nothing of a payload. */
export const indexedAttributes = [
  Attribute.provider,
  Attribute.eventType,
  Attribute.kind,
  Attribute.attempts,
  Attribute.recoveries,
  Attribute.leaseUntil,
  Attribute.returnedAt,
  Attribute.finishedAt,
  Attribute.error,
] as const;

/** Environment variables of the functions. */
export const Variable = {
  tableName: "EVENTS_TABLE",
  /** JSON object: provider name → ARN of its secret. Only the providers that this stack accepts are in it. */
  providerSecrets: "PROVIDER_SECRETS",
  /** Days until a stored event expires. */
  eventRetentionDays: "EVENT_RETENTION_DAYS",
  deadLetterQueueUrl: "DEAD_LETTER_QUEUE_URL",
  /** Seconds after which the reconciler hands an event over again that nobody has taken. */
  staleSeconds: "STALE_SECONDS",
  environment: "ENVIRONMENT",
} as const;

/** The senders that `handlers/providers/` can verify. */
export const providerNames = ["stripe", "square", "paypal"] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where a provider posts to, after the API's base URL. */
export const webhookPath = (provider: ProviderName | "*" | "{provider}") => `/webhook/${provider}`;

/** The header in which each provider sends its signature; it is neither stored nor logged. */
export const signatureHeader: Record<ProviderName, string> = {
  stripe: "stripe-signature",
  square: "x-square-hmacsha256-signature",
  paypal: "paypal-transmission-sig",
};

/** What an event means, whoever sent it. It is also the detail type under which it is published. */
export const kinds = ["payment.succeeded", "payment.failed", "refund", "dispute", "other"] as const;
export type Kind = (typeof kinds)[number];

/** `source` of every event on the event bus. */
export const eventSource = "webhook.pipeline";

/** Custom metrics: namespace, names and dimensions; the handlers emit them, alarms and dashboard read them. */
export const Metric = {
  namespace: "WebhookPipeline",
  accepted: "EventsAccepted",
  duplicate: "EventsDuplicate",
  signatureFailures: "SignatureFailures",
  processed: "EventsNormalised",
  /** Milliseconds from the acknowledgement to the end of normalisation: how far behind the pipeline is. */
  processingDelay: "ProcessingDelay",
  /** Events that the reconciler put back into the flow. */
  returned: "EventsReturned",
  /** Events that the reconciler made FAILED, each with a dead letter. */
  givenUp: "EventsGivenUp",
  /** Seconds for which the oldest RECEIVED event has waited for the workflow; only where that is longer than a minute. */
  oldestWaiting: "OldestWaiting",
} as const;
export const MetricDimension = { service: "service", environment: "environment", provider: "provider", reason: "reason" } as const;

/** Names under which the functions log, trace and count. */
export const Service = { receive: "receive", process: "process", reconcile: "reconcile" } as const;

/** Errors that the processing function raises and the state machine distinguishes by name. */
export const ProcessingError = {
  /** Another execution owns the item now: this one must stop quietly. */
  leaseLost: "LeaseLost",
  /** The event can never be processed as it is (no such item, payload that is not JSON): a retry cannot help. */
  unprocessable: "Unprocessable",
  /** Something around it failed (a throttle, a missing permission): worth a retry. */
  transient: "Transient",
} as const;

/** What a dead letter says of an event: never a payload. */
export interface DeadLetter {
  transactionId: string;
  error: string;
  /** Whose attempt it was: an execution, or the reconciler's invocation. */
  execution: string;
}

/** What the state machine hands to the processing function. */
export interface ProcessRequest {
  transactionId: string;
  /** The claim under which the item is processed: which branch of which execution. */
  claim: string;
}

/** What the processing function returns and the event bus carries: ids and classification, never a payload. */
export interface ProcessedEvent {
  transactionId: string;
  provider: string;
  eventType: string;
  kind: Kind;
  occurredAt: string;
  receivedAt: string;
}

/** How long a claim is exclusive. Longer than any execution may run (`executionTimeoutSeconds`), so leases never overlap. */
export const leaseSeconds = 360;

/** An EXPRESS workflow ends after five minutes at the latest; ours ends itself just before.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const executionTimeoutSeconds = 290;

/** Claims after which an event whose workers keep dying is given up. */
export const maximumAttempts = 5;

/** An event that nobody has taken for so long is handed over once more; more patience than the pipe's own retries take. */
export const staleSeconds = 900;

/** Times that the reconciler puts an event back before it gives it up: a day of `staleSeconds`, as long as the stream itself keeps a record. */
export const maximumRecoveries = 96;
