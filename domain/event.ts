/**
 * What the infrastructure and the handlers must agree on. Constants and types only; imports nothing, so that both
 * sides can read it: `components/` when it writes policies and states, `handlers/` when it runs inside Lambda.
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
  headers: "headers",
  normalized: "normalized",
  /** What it means, whoever sent it; known once it is normalized. */
  kind: "kind",
  /** Claims since it was last put into the flow by a source or an operator. */
  attempts: "attempts",
  /** How often the reconciler has put it back since then. */
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
  /** When it was last put back into the flow, by the reconciler or an operator, RFC 3339 with milliseconds; writing it is also what
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

/** What the index carries of an item beside its keys: all that is needed to recover and to list events, and nothing of a payload. */
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

/**
 * Bytes of the largest body that lies in the item itself, beside its other attributes. DynamoDB takes 400 KB an item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export const largestInItem = 300_000;

/** Environment variables of the functions. */
export const Variable = {
  tableName: "EVENTS_TABLE",
  /** JSON object: name → ARN of its secret, of every source that this stack accepts. */
  sourceSecrets: "SOURCE_SECRETS",
  /** JSON object: name → `SourceSettings`, of the same sources. */
  sourceSettings: "SOURCE_SETTINGS",
  /** Name of the bucket of large bodies. */
  payloadBucket: "PAYLOAD_BUCKET",
  /** Days until a stored event expires. */
  eventRetentionDays: "EVENT_RETENTION_DAYS",
  /** One of `testEventChoices`. */
  testEvents: "TEST_EVENTS",
  deadLetterQueueUrl: "DEAD_LETTER_QUEUE_URL",
  /** Seconds after which the reconciler hands an event over again that nobody has taken. */
  staleSeconds: "STALE_SECONDS",
  environment: "ENVIRONMENT",
} as const;

/** The providers whose way of signing `handlers/providers/` knows. `standard-webhooks` is what Svix, Clerk, Resend, OpenAI and others share. */
export const codedProviders = ["stripe", "square", "paypal", "github", "shopify", "slack", "twilio", "adyen", "standard-webhooks"] as const;
export type CodedProvider = (typeof codedProviders)[number];

/** How a source signs: as one of the providers, or as the configuration describes it. */
export type ProviderName = CodedProvider | "hmac";

/** What the receiver knows of a source beside its secret. */
export interface SourceSettings {
  provider: ProviderName;
  /** Only with the provider `hmac`. */
  hmac?: HmacSettings;
  /** Event types that are kept, `*` for any part of one; not there: all. */
  events?: readonly string[];
  /** Networks in CIDR notation that may send; not there: all. */
  networks?: readonly string[];
}

/** What becomes of an event that its provider calls a test: stored like any other, or acknowledged and counted. */
export const testEventChoices = ["accept", "ignore"] as const;
export type TestEvents = (typeof testEventChoices)[number];

export const hmacAlgorithms = ["sha1", "sha256", "sha384", "sha512"] as const;
export const signatureEncodings = ["hex", "base64"] as const;

/** A source's provider that needs no code: an HMAC over a text that a template describes. */
export interface HmacSettings {
  /** Header of the signature, in lower case. */
  header: string;
  algorithm: (typeof hmacAlgorithms)[number];
  encoding: (typeof signatureEncodings)[number];
  /** What stands before the signature in its header, such as `sha256=`. */
  prefix?: string;
  /** What is signed: `{body}`, and `{timestamp}` and `{id}` where there are headers for them, with any text between. */
  signed: string;
  /** Header of the time, in lower case: seconds or milliseconds since 1970, or RFC 3339. Then the request must be recent. */
  timestampHeader?: string;
  /** Header of the event's id, in lower case. */
  idHeader?: string;
  /** Where the event's id is in the body, keys with dots between. With neither, the id is a digest of the body. */
  idPath?: string;
  /** Header of the id by which the source tells one to recognise a repetition, in lower case; not signed, it counts with that digest. */
  deliveryHeader?: string;
  /** Where the event's type is in the body. */
  typePath?: string;
}

/** The headers in which each provider sends what proves a request; they are neither stored nor logged. */
export const signatureHeaders: Readonly<Record<CodedProvider, readonly string[]>> = {
  stripe: ["stripe-signature"],
  square: ["x-square-hmacsha256-signature"],
  paypal: ["paypal-transmission-sig"],
  github: ["x-hub-signature-256", "x-hub-signature"],
  shopify: ["x-shopify-hmac-sha256"],
  slack: ["x-slack-signature"],
  twilio: ["x-twilio-signature"],
  adyen: ["hmacsignature", "authorization"],
  "standard-webhooks": ["webhook-signature", "svix-signature"],
};

/** The headers of a source that must not be seen in a log. */
export function confidentialHeaders({ provider, hmac }: SourceSettings): readonly string[] {
  return provider === "hmac" ? [hmac!.header] : signatureHeaders[provider];
}

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
  /** Genuine events of types that are not kept. */
  filtered: "EventsFiltered",
  /** Genuine test events, in a stack that ignores them. */
  testsIgnored: "TestEventsIgnored",
  signatureFailures: "SignatureFailures",
  /** Requests from outside a source's networks. */
  networkRefusals: "NetworkRefusals",
  /** Large bodies that could not be put into the bucket. */
  payloadFailures: "PayloadFailures",
  /** Answers of 429, counted from the API's access log. */
  throttled: "RequestsThrottled",
  /** Answers of 4XX to what was posted, but for 401 and 429, counted from the API's access log. */
  refused: "RequestsRefused",
  processed: "EventsNormalized",
  /** Milliseconds from the acknowledgement to the end of normalization: how far behind the pipeline is. */
  processingDelay: "ProcessingDelay",
  /** Events that the reconciler put back into the flow. */
  requeued: "EventsRequeued",
  /** Events that the reconciler made FAILED, each with a dead letter. */
  exhausted: "EventsExhausted",
  /** Seconds for which the oldest RECEIVED event has waited for the workflow; only where that is longer than a minute. */
  oldestWaiting: "OldestWaiting",
} as const;
export const MetricDimension = {
  service: "service",
  environment: "environment",
  source: "source",
  reason: "reason",
  stage: "stage",
} as const;

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
export const maximumRequeues = 96;
