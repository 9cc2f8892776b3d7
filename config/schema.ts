import { codedProviders, testEventChoices, type CodedProvider } from "../domain/sources";

/** A key of the stack configuration: what Pulumi.yaml declares and the README's table shows, with the bounds that config/load.ts enforces. */
export interface ConfigKey {
  type: "string" | "integer" | "boolean" | "array" | "object";
  /** Type of the elements of an array. */
  items?: "string" | "object";
  default: string | number | boolean | readonly unknown[] | Readonly<Record<string, unknown>>;
  description: string;
  /** What is accepted, in words; part of the error message. */
  allowed: string;
  minimum?: number;
  maximum?: number;
  values?: readonly (string | number)[];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** Protocols that an SNS subscription may have. @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export const subscriptionProtocols = ["email", "email-json", "https", "sms", "sqs", "lambda"] as const;

const defaultProviders: readonly CodedProvider[] = ["stripe", "square", "paypal"];

function bounded(minimum: number, maximum: number, unit: string) {
  const form = (value: number) => value.toLocaleString("en");
  return { type: "integer", minimum, maximum, allowed: `a whole number of ${unit} from ${form(minimum)} to ${form(maximum)}` } as const;
}
const flag = { type: "boolean", allowed: "true or false" } as const;

export const configSchema = {
  environmentSuffix: {
    type: "string",
    default: "",
    description: "The part that varies in every name and tag; empty: the stack's name.",
    allowed: "lower-case letters, digits and single hyphens between them, beginning with a letter",
  },
  providers: {
    type: "array",
    items: "string",
    default: defaultProviders,
    description: "The providers that are accepted; each gets a URL and a secret.",
    values: codedProviders,
    allowed: `a list of ${codedProviders.join(", ")}, each at most once`,
  },
  sources: {
    type: "array",
    items: "object",
    default: [],
    description:
      "Sources by another name: a list of {name, provider}; the provider is a provider's, or hmac with a description under hmac (docs/providers.md).",
    allowed: `a list of {name, provider} with names of their own and a provider of ${codedProviders.join(", ")}, hmac`,
  },
  keptEvents: {
    type: "object",
    default: {},
    description:
      "Event types that are kept, by source, such as stripe: payment_intent.*, charge.dispute.*; others are acknowledged and counted. A source that is not named keeps all.",
    allowed: "an object of sources, each with types between commas, * for any part of one",
  },
  allowedNetworks: {
    type: "object",
    default: {},
    description:
      "Networks that may send, by source, such as github: 192.30.252.0/22, 2a0a:a440::/29. A source that is not named may send from anywhere.",
    allowed: "an object of sources, each with networks in CIDR notation between commas",
  },
  testEvents: {
    type: "string",
    default: "accept",
    description:
      "Events that their provider calls a test: accept stores and publishes them as such; ignore acknowledges and counts them. Ignore them in production.",
    values: testEventChoices,
    allowed: testEventChoices.join(" or "),
  },
  throttleRequestsPerMinute: {
    ...bounded(1, 600_000, "requests"),
    default: 1_000,
    description: "Requests a minute that the API lets through of each source in the long run.",
  },
  throttleBurst: {
    ...bounded(1, 5_000, "requests"),
    default: 400,
    description: "Requests at once that the API lets through of each source.",
  },
  accountRequestsPerSecond: {
    ...bounded(0, 1_000_000, "requests a second (0: AWS's default of the region)"),
    default: 0,
    description:
      "The account's limit of requests a second to API Gateway in this region, which all sources' throttles fit into; 0: AWS's default.",
  },
  lambdaMemoryMb: {
    ...bounded(128, 10_240, "MB"),
    default: 512,
    description: "Memory of each function, MB; the processor's share grows with it.",
  },
  lambdaTimeoutSeconds: {
    ...bounded(3, 50, "seconds"),
    default: 30,
    description: "How long a function may run, seconds; API Gateway answers the source after 29 at the latest.",
  },
  receiverReservedConcurrency: {
    ...bounded(-1, 10_000, "concurrent executions (-1: none reserved)"),
    default: -1,
    description: "Concurrent executions reserved for the receiver; -1: none reserved.",
  },
  processorReservedConcurrency: {
    ...bounded(-1, 10_000, "concurrent executions (-1: none reserved)"),
    default: -1,
    description: "Concurrent executions reserved for the processor; -1: none reserved.",
  },
  accountConcurrency: {
    ...bounded(10, 1_000_000, "concurrent executions"),
    default: 1_000,
    description:
      "The account's limit of concurrent executions in this region, 10 in many new accounts (docs/deploy.md); AWS keeps 100 of them unreserved.",
  },
  logRetentionDays: {
    type: "integer",
    default: 30,
    description: "Days until a log line expires.",
    values: retentionDays,
    allowed: `one of the retentions that CloudWatch Logs offers: ${retentionDays.join(", ")} days`,
  },
  eventRetentionDays: {
    ...bounded(1, 3_650, "days"),
    default: 90,
    description: "Days until a stored event expires; as long, a repeated delivery is recognised.",
  },
  workflowType: {
    type: "string",
    default: "EXPRESS",
    description: "Type of the state machine: EXPRESS, or STANDARD for the console's history at a higher price.",
    values: ["EXPRESS", "STANDARD"],
    allowed: "EXPRESS or STANDARD",
  },
  workflowLogLevel: {
    type: "string",
    default: "ERROR",
    description: "What the workflow logs: ERROR, what fails, or ALL, each state of each event, for half as much again an event.",
    values: ["ALL", "ERROR"],
    allowed: "ALL or ERROR",
  },
  alertSubscriptions: {
    type: "array",
    items: "object",
    default: [],
    description: "Who is told of an alarm: a list of {protocol, endpoint}.",
    allowed: `a list of {protocol, endpoint} with a protocol of ${subscriptionProtocols.join(", ")}`,
  },
  signatureFailureThreshold: {
    ...bounded(1, 100_000, "refused requests"),
    default: 10,
    description: "Requests with a bad signature in five minutes that raise the alarm.",
  },
  manageApiGatewayAccount: {
    ...flag,
    default: true,
    description: "Whether this stack owns the account's API Gateway logging role; true in exactly one stack of an account and region.",
  },
  protect: {
    ...flag,
    default: false,
    description: "Whether what holds data is protected from deletion; true in production.",
  },
  audit: {
    ...flag,
    default: false,
    description:
      "Whether a CloudTrail trail of all regions records who read events, payloads and secrets, and who changed a resource or a role.",
  },
  network: {
    type: "string",
    default: "public",
    description: "Where the functions run: public, in AWS's own network, or private, in a VPC of this stack's own.",
    values: ["public", "private"],
    allowed: "public or private",
  },
  domain: {
    type: "string",
    default: "",
    description: "The host name of the webhook URLs, such as hooks.example.com; empty: API Gateway's own.",
    allowed: "a host name in lower-case letters, such as hooks.example.com, or empty",
  },
  hostedZone: {
    type: "string",
    default: "",
    description: "The public Route 53 zone that the domain is in; empty: the domain without its first label.",
    allowed: "the name of a zone that ends the domain, such as example.com, or empty",
  },
  waf: {
    ...flag,
    default: false,
    description: "Whether AWS WAF stands before the API: a rate per address, AWS's common rules, a limit of size.",
  },
  wafRequestsPerAddress: {
    ...bounded(10, 2_000_000_000, "requests in five minutes"),
    default: 4_000,
    description:
      "Requests in five minutes that AWS WAF lets through from one address, a fifth of which must fit into a source's throttle; a provider sends from few.",
  },
  permissionsBoundary: {
    type: "string",
    default: "",
    description: "The policy that bounds every role of the stack, which ci-roles/ makes for deployments by GitHub Actions; empty: none.",
    allowed: "the ARN of a policy, such as arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev, or empty",
  },
  allowedAccountIds: {
    type: "array",
    items: "string",
    default: [],
    description: "The only AWS accounts that this stack may be deployed to; empty: any.",
    allowed: "a list of account ids of twelve digits",
  },
} as const satisfies Record<string, ConfigKey>;
export type ConfigName = keyof typeof configSchema;

/** What is wrong with a value, in one sentence: what, where, what is allowed. */
export function problem(key: string, value: unknown, allowed: string): string {
  return `${key} is ${JSON.stringify(value)}, but must be ${allowed}.`;
}

/** A host name of at least two labels, in lower-case letters. */
export const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
