/** Environment variables of the functions. */
export const Variable = {
  tableName: "EVENTS_TABLE",
  /** Name of a source's secret, with `{source}` for the source's name. */
  sourceSecrets: "SOURCE_SECRETS",
  /** Name of the bucket for large bodies. */
  payloadBucket: "PAYLOAD_BUCKET",
  /** Days until a stored event expires. */
  eventRetentionDays: "EVENT_RETENTION_DAYS",
  deadLetterQueueUrl: "DEAD_LETTER_QUEUE_URL",
  /** Seconds for which a claim is exclusive. */
  leaseSeconds: "LEASE_SECONDS",
  /** Seconds after which the reconciler requeues an unclaimed event. */
  staleSeconds: "STALE_SECONDS",
  /** Number of shards of the table's indexes. */
  indexShards: "INDEX_SHARDS",
  /** Name of the event bus; empty where the function cannot reach EventBridge. */
  eventBusName: "EVENT_BUS_NAME",
  /** Name of the table of deliveries. */
  deliveriesTable: "DELIVERIES_TABLE",
  /** Name of a destination's secret, queue and dead-letter queue, with `{source}` for the destination's name. */
  destinationSecrets: "DESTINATION_SECRETS",
  destinationQueueUrls: "DESTINATION_QUEUE_URLS",
  destinationDeadLetterUrls: "DESTINATION_DEAD_LETTER_URLS",
  /**
   * JSON object: destination name → URL of a service on this machine. The local run alone sets it: its deliveries go there, and may go to
   * loopback addresses.
   */
  localDestinations: "LOCAL_DESTINATIONS",
  environment: "ENVIRONMENT",
} as const;
