/** Names of the custom metrics. The functions emit them; alarms and dashboard read them. */
export const Metric = {
  namespace: "WebhookPipeline",
  accepted: "EventsAccepted",
  duplicate: "EventsDuplicate",
  /** Verified events that the event filter excludes. */
  filtered: "EventsFiltered",
  /** Verified test events in a stack that ignores them. */
  testsIgnored: "TestEventsIgnored",
  signatureFailures: "SignatureFailures",
  /** Requests from outside a source's allowed CIDRs. */
  networkRefusals: "NetworkRefusals",
  /** Large bodies that could not be stored in the bucket. */
  payloadFailures: "PayloadFailures",
  /** Answers with status 429, counted from the API's access log. */
  throttled: "RequestsThrottled",
  /** Answers with status 4XX except 401 and 429 to POST requests, counted from the API's access log. */
  refused: "RequestsRefused",
  processed: "EventsNormalized",
  /** Milliseconds from acknowledgment to normalization: how far the pipeline is behind. */
  processingDelay: "ProcessingDelay",
  /** Events that the reconciler requeued. */
  requeued: "EventsRequeued",
  /** Exhausted events, which the reconciler marked FAILED, each with a dead letter. */
  exhausted: "EventsExhausted",
  /** Seconds that the oldest RECEIVED event has waited for the workflow. Emitted only above a minute. */
  oldestWaiting: "OldestWaiting",
  /** Deliveries that a destination accepted. */
  delivered: "EventsDelivered",
  /** Attempts that a destination refused or did not answer. */
  deliveryFailures: "DeliveryFailures",
  /** 1 each minute in which a destination was paused, by its breaker too; otherwise 0. */
  paused: "DestinationPaused",
  /** Seconds for which the destination that is paused the longest has been. */
  longestPause: "LongestPause",
  /** 1 for each run of the schedule in which every destination was tended. */
  tended: "DestinationsTended",
  /** Seconds since the first attempt of the oldest delivery that is tried again. */
  oldestUndelivered: "OldestUndelivered",
} as const;
export const MetricDimension = {
  service: "service",
  environment: "environment",
  source: "source",
  destination: "destination",
  reason: "reason",
  stage: "stage",
} as const;

/** Names of the functions in logs, traces and metrics. */
export const Service = { receive: "receive", process: "process", reconcile: "reconcile", deliver: "deliver" } as const;
