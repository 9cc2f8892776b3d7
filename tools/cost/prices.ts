/** The price of a unit. Each tier applies to the units beyond the tier before. */
export interface Price {
  /** `[units up to which the tier applies, dollars a unit]`. The last tier has no end. */
  tiers: readonly (readonly [upTo: number, each: number])[];
  source: string;
}

const flat = (each: number, source: string): Price => ({ tiers: [[Infinity, each]], source });
const million = 1e6;
const terabyte = 1_000;

/** Date when these were read. Check an important line at its source. */
export const asOf = "2026-11-26";
export const region = "us-east-1";

/** List prices of the region above without free tiers. A GB is 10^9 bytes, a month 730 hours. */
export const prices = {
  apiRequest: {
    tiers: [
      [333 * million, 3.5 / million],
      [1_000 * million, 2.8 / million],
      [20_000 * million, 2.38 / million],
      [Infinity, 1.51 / million],
    ],
    source: "https://aws.amazon.com/api-gateway/pricing/",
  },
  lambdaRequest: flat(0.2 / million, "https://aws.amazon.com/lambda/pricing/"),
  /** GB-seconds on arm64. */
  lambdaDuration: {
    tiers: [
      [7.5e9, 0.0000133334],
      [18.75e9, 0.0000120001],
      [Infinity, 0.0000106667],
    ],
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  /** On-demand tables: a write unit for each KB written, and a read unit for each 4 KB read consistently. */
  tableWrite: flat(0.625 / million, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  tableRead: flat(0.125 / million, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  tableGbMonth: flat(0.25, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  recoveryGbMonth: flat(0.2, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  pipeRequest: flat(0.4 / million, "https://aws.amazon.com/eventbridge/pricing/"),
  busEvent: flat(1 / million, "https://aws.amazon.com/eventbridge/pricing/"),
  archiveGb: flat(0.1, "https://aws.amazon.com/eventbridge/pricing/"),
  archiveGbMonth: flat(0.023, "https://aws.amazon.com/eventbridge/pricing/"),
  expressRequest: flat(1 / million, "https://aws.amazon.com/step-functions/pricing/"),
  /** GB-seconds. Memory counts in steps of 64 MB, time in steps of 100 ms. */
  expressDuration: {
    tiers: [
      [3.6e6, 0.00001667],
      [18e6, 0.00000833],
      [Infinity, 0.00000456],
    ],
    source: "https://aws.amazon.com/step-functions/pricing/",
  },
  /** Standard queues: an action with up to 64 KB. EventBridge sends to a queue at no price of its own. */
  queueRequest: {
    tiers: [
      [100_000 * million, 0.4 / million],
      [200_000 * million, 0.3 / million],
      [Infinity, 0.24 / million],
    ],
    source: "https://aws.amazon.com/sqs/pricing/",
  },
  standardTransition: flat(25 / million, "https://aws.amazon.com/step-functions/pricing/"),
  /** GB of logs written by AWS services, including Lambda. */
  logGb: {
    tiers: [
      [10 * terabyte, 0.5],
      [30 * terabyte, 0.25],
      [50 * terabyte, 0.1],
      [Infinity, 0.05],
    ],
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  logGbMonth: flat(0.03, "https://aws.amazon.com/cloudwatch/pricing/"),
  alarmMetric: flat(0.1, "https://aws.amazon.com/cloudwatch/pricing/"),
  compositeAlarm: flat(0.5, "https://aws.amazon.com/cloudwatch/pricing/"),
  dashboard: flat(3, "https://aws.amazon.com/cloudwatch/pricing/"),
  customMetric: flat(0.3, "https://aws.amazon.com/cloudwatch/pricing/"),
  key: flat(1, "https://aws.amazon.com/kms/pricing/"),
  keyRequest: flat(0.03 / 10_000, "https://aws.amazon.com/kms/pricing/"),
  secret: flat(0.4, "https://aws.amazon.com/secrets-manager/pricing/"),
  secretRequest: flat(0.05 / 10_000, "https://aws.amazon.com/secrets-manager/pricing/"),
  /** AWS WAF: the web ACL, each of its rules, and each request that it checks. */
  webAcl: flat(5, "https://aws.amazon.com/waf/pricing/"),
  webAclRule: flat(1, "https://aws.amazon.com/waf/pricing/"),
  webAclRequest: flat(0.6 / million, "https://aws.amazon.com/waf/pricing/"),
  /** Hours of an interface endpoint in a zone, of a NAT gateway, and of its public address. */
  endpointHour: flat(0.01, "https://aws.amazon.com/privatelink/pricing/"),
  natGatewayHour: flat(0.045, "https://aws.amazon.com/vpc/pricing/"),
  publicAddressHour: flat(0.005, "https://aws.amazon.com/vpc/pricing/"),
  /** Each read and write that a trail records. The first copy of management events is free. */
  trailDataEvent: flat(0.1 / 100_000, "https://aws.amazon.com/cloudtrail/pricing/"),
  trace: flat(5 / million, "https://aws.amazon.com/xray/pricing/"),
  objectPut: flat(5 / million, "https://aws.amazon.com/s3/pricing/"),
  objectGet: flat(0.4 / million, "https://aws.amazon.com/s3/pricing/"),
  objectGbMonth: flat(0.023, "https://aws.amazon.com/s3/pricing/"),
} as const satisfies Record<string, Price>;

/** Returns the price of a number of units. */
export function dollarsFor({ tiers }: Price, units: number): number {
  let from = 0;
  return tiers.reduce((sum, [upTo, each]) => {
    const inTier = Math.max(0, Math.min(units, upTo) - from);
    from = upTo;
    return sum + inTier * each;
  }, 0);
}
