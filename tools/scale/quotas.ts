/** A limit of AWS's, as it is for an account that has asked for nothing. */
export interface Quota {
  what: string;
  value: number;
  unit: string;
  /** How one gets more. */
  more: "Service Quotas" | "warm throughput" | "none";
  source: string;
}

/** When these were read, and where they hold: the larger regions have the larger values. */
export const asOf = "2026-11-26";
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
    what: "API Gateway: requests of an account at once",
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
    what: "Lambda: requests for each of the concurrent executions that the account has, or that are reserved for a function",
    value: 10,
    unit: "a second",
    more: "none",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html",
  },
  scaling: {
    what: "Lambda: further execution environments of a function",
    value: 1_000,
    unit: "in ten seconds",
    more: "none",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html",
  },
  newTableWrites: {
    what: "DynamoDB: writes that a new on-demand table takes; twice the former peak afterwards",
    value: 4_000,
    unit: "units a second",
    more: "warm throughput",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
  },
  tableWrites: {
    what: "DynamoDB: writes of a table and its indexes",
    value: 40_000,
    unit: "units a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
  },
  keyWrites: {
    what: "DynamoDB: writes of one partition, and so of one status in the index",
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
    what: "EventBridge: events put",
    value: 10_000,
    unit: "a second",
    more: "Service Quotas",
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
  },
} as const satisfies Record<string, Quota>;

export type QuotaId = keyof typeof quotas;
export type Limits = Readonly<Record<QuotaId, number>>;

export const defaultLimits = Object.fromEntries(Object.entries(quotas).map(([id, { value }]) => [id, value])) as Limits;
