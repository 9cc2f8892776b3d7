/** An AWS quota and its default. */
export interface Quota {
  what: string;
  value: number;
  unit: string;
  /** Place where you raise it. */
  more: "Service Quotas" | "warm throughput" | "none";
  source: string;
}

/** Date when these were read. */
export const asOf = "2026-11-26";
/** Region of these values. Smaller regions have smaller ones. */
export const region = "us-east-1";

export const quotas = {
  apiRate: {
    what: "API Gateway: requests of an account",
    value: 10_000,
    unit: "a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  },
  apiBurst: {
    what: "API Gateway: burst of an account",
    value: 5_000,
    unit: "at once",
    more: "none",
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  },
  concurrency: {
    what: "Lambda: concurrent executions of an account",
    value: 1_000,
    unit: "at once",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  requestsPerConcurrency: {
    what: "Lambda: requests for each concurrent execution that the account has or a function reserves",
    value: 10,
    unit: "a second",
    more: "none",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html",
  },
  scaling: {
    what: "Lambda: new execution environments of a function",
    value: 1_000,
    unit: "in ten seconds",
    more: "none",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html",
  },
  newTableWrites: {
    what: "DynamoDB: writes to a new on-demand table; an older one takes twice its previous peak",
    value: 4_000,
    unit: "units a second",
    more: "warm throughput",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
  },
  tableWrites: {
    what: "DynamoDB: writes to a table and its indexes",
    value: 40_000,
    unit: "units a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
  },
  keyWrites: {
    what: "DynamoDB: writes to one partition, and so to one key of an index",
    value: 1_000,
    unit: "units a second",
    more: "none",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
  },
  pipeExecutions: {
    what: "EventBridge Pipes: concurrent executions of an account",
    value: 3_000,
    unit: "at once",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html#eb-pipes-limits",
  },
  standardStarts: {
    what: "Step Functions: STANDARD executions started",
    value: 300,
    unit: "a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
  },
  standardTransitions: {
    what: "Step Functions: transitions of STANDARD executions",
    value: 5_000,
    unit: "a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
  },
  putEvents: {
    what: "EventBridge: published events",
    value: 10_000,
    unit: "a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
  },
  queueInFlight: {
    what: "SQS: messages of a queue in flight: received and not deleted, so also those that wait hidden for their next attempt",
    value: 120_000,
    unit: "at once",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
  },
  mappingConcurrency: {
    what: "Lambda: executions at once of an event source mapping with a maximum; this program allows 100 for a destination",
    value: 1_000,
    unit: "at once",
    more: "none",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
  },
} as const satisfies Record<string, Quota>;

export type QuotaId = keyof typeof quotas;
export type Limits = Readonly<Record<QuotaId, number>>;

export const defaultLimits = Object.fromEntries(Object.entries(quotas).map(([id, { value }]) => [id, value])) as Limits;
