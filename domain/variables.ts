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
  deadLetterQueueUrl: "DEAD_LETTER_QUEUE_URL",
  /** Seconds after which the reconciler hands an event over again that nobody has taken. */
  staleSeconds: "STALE_SECONDS",
  environment: "ENVIRONMENT",
} as const;
