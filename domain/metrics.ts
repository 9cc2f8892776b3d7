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
  /** Events that the reconciler requeued. */
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
