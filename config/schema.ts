import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { testEventChoices, type CodedProvider } from "../domain/sources";
import { longestSuffix } from "../domain/names";
import { mostShards } from "../domain/shards";
import { destinationList, type Destination } from "./destinations";
import { burst, requestsPerMinute, sourceList, type Source } from "./sources";
import { choice, flag, integer, list, object, text } from "./values";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const retentions = `a number of days that CloudWatch Logs offers: ${retentionDays.join(", ")}`;

/** Protocols of an SNS subscription. @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const subscriptionProtocols = ["email", "email-json", "https", "sms", "sqs", "lambda"] as const;

/** Schema of one of `alertSubscriptions`. */
export const alertSubscriptionSchema = object(
  {
    protocol: choice(subscriptionProtocols).describe("How the alarms are sent."),
    endpoint: text(/./s, "an address or ARN for the protocol").describe("Where they are sent to."),
  },
  "an object",
);

/** Matches a host name of at least two labels, in lower-case letters. */
const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
const orEmpty = ({ source }: RegExp) => new RegExp(`^$|${source}`);

/** Matches a part of a physical name. */
export const suffixPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const shardCounts = `0 (as many as the throttles need), or a power of two up to ${mostShards.toLocaleString("en")}`;

const reservation = integer(-1, 10_000, "concurrent executions (-1: none reserved)")
  .refine((value) => value !== 0, { error: "-1 (none reserved), or at least 1. With 0, the function would never run" })
  .transform((value) => (value < 0 ? undefined : value))
  .meta({ allowed: "a whole number of concurrent executions from 1 to 10,000, or -1 (none reserved)" });

/**
 * Defines every key of a stack's configuration: type, default, bounds and meaning. Pulumi.yaml's `config` and the README's table are
 * generated from it. config/checks.ts compares the values of several keys.
 */
export const configSchema = object(
  {
    environmentSuffix: text(
      orEmpty(suffixPattern),
      `at most ${longestSuffix} lower-case letters, digits and single hyphens between them, beginning with a letter`,
    )
      .prefault("")
      .describe(
        "The part of each resource's name that differs between stacks, such as dev in webhook-events-dev, and the value of the tag Environment. Empty: the stack's name.",
      ),
    sources: sourceList
      .prefault(["stripe", "square", "paypal"] satisfies CodedProvider[])
      .describe("The sources. Each gets a URL and a secret. docs/providers.md explains the keys of a source; events is its event filter."),
    destinations: destinationList
      .prefault([])
      .describe(
        "Where events go: services to which the pipeline posts them, and queues that consumers poll. docs/destinations.md explains the keys.",
      ),
    testEvents: choice(testEventChoices)
      .prefault("accept")
      .describe(
        "What to do with events that their provider marks as a test. accept stores and publishes them; ignore only acknowledges and counts them. Set ignore in production. A source can override it.",
      ),
    throttleRequestsPerMinute: requestsPerMinute
      .prefault(1_000)
      .describe("Requests per minute that the API accepts from each source in the long run. A source can override it."),
    throttleBurst: burst.prefault(400).describe("Requests at once that the API accepts from each source. A source can override it."),
    accountRequestsPerSecond: integer(0, 1_000_000, "requests per second (0: AWS's default for the region)")
      .prefault(0)
      .describe(
        "The account's limit of requests per second to API Gateway in this region. All sources' throttles must fit into it. 0: AWS's default.",
      ),
    lambdaMemoryMb: integer(128, 10_240, "MB").prefault(512).describe("Memory of each function, in MB. CPU grows with memory."),
    lambdaTimeoutSeconds: integer(3, 50, "seconds")
      .prefault(30)
      .describe("How long a function may run, in seconds. API Gateway answers the source after 29 at the latest."),
    receiverReservedConcurrency: reservation.prefault(-1).describe("Concurrent executions reserved for the receiver. -1: none reserved."),
    processorReservedConcurrency: reservation.prefault(-1).describe("Concurrent executions reserved for the processor. -1: none reserved."),
    accountConcurrency: integer(10, 1_000_000, "concurrent executions")
      .prefault(1_000)
      .describe(
        "The account's limit of concurrent executions in this region: 10 in many new accounts (docs/deploy.md). AWS keeps 100 of them for functions without a reservation.",
      ),
    logRetentionDays: z
      .int({ error: retentions })
      .refine((days) => retentionDays.includes(days), { error: retentions })
      .meta({ allowed: retentions })
      .prefault(30)
      .describe("Days until a log line expires."),
    eventRetentionDays: integer(1, 3_650, "days")
      .prefault(90)
      .describe("Days until a stored event expires. Duplicates are detected for the same period."),
    indexShards: z
      .int({ error: shardCounts })
      .min(0, { error: shardCounts })
      .max(mostShards, { error: shardCounts })
      .refine((shards) => Number.isInteger(Math.log2(shards || 1)), { error: shardCounts })
      .meta({ allowed: shardCounts })
      .prefault(0)
      .describe(
        "Shards of the table's indexes. Each is for 400 events a second, and a list of events reads all of them. The number can be raised, never lowered. 0: as many as the throttles need.",
      ),
    workflowType: choice(["EXPRESS", "STANDARD"])
      .prefault("EXPRESS")
      .describe("Type of the state machine. STANDARD shows each execution's history in the AWS console, at a higher price."),
    workflowLogLevel: choice(["ALL", "ERROR"])
      .prefault("ERROR")
      .describe("What the workflow logs. ERROR: failures. ALL: every state of every event, for about 50 % more per event."),
    alertSubscriptions: list(
      alertSubscriptionSchema,
      `a list of {protocol, endpoint} with a protocol of ${subscriptionProtocols.join(", ")}`,
    )
      .prefault([])
      .describe("Who gets alarms: a list of {protocol, endpoint}."),
    signatureFailureThreshold: integer(1, 100_000, "refused requests")
      .prefault(10)
      .describe("Requests with a bad signature in five minutes that raise an alarm."),
    manageApiGatewayAccount: flag()
      .prefault(true)
      .describe("Creates the account's API Gateway logging role. Set it to true in exactly one stack per account and region."),
    deletionProtection: flag()
      .prefault(false)
      .describe("Protects the resources that hold data from deletion. Set it to true in production."),
    auditTrail: flag()
      .prefault(false)
      .describe(
        "Creates a CloudTrail trail of all regions. It records who read events, payloads and secrets, and who changed a resource or role.",
      ),
    network: choice(["public", "private"])
      .prefault("public")
      .describe("Where the functions run. public: in AWS's own network. private: in a VPC that this stack creates."),
    domain: text(orEmpty(hostName), "a host name in lower-case letters, such as hooks.example.com, or empty")
      .prefault("")
      .describe("The host name of the webhook URLs, such as hooks.example.com. Empty: API Gateway's own."),
    hostedZone: text(orEmpty(hostName), "a zone name that the domain ends in, such as example.com, or empty")
      .prefault("")
      .describe("The public Route 53 zone of the domain. Empty: the domain without its first label."),
    waf: flag()
      .prefault(false)
      .describe("Puts AWS WAF in front of the API: a rate limit per address, AWS's common rules, and a size limit."),
    wafRequestsPerAddress: integer(10, 2_000_000_000, "requests in five minutes")
      .prefault(4_000)
      .describe(
        "Requests in five minutes that AWS WAF accepts from one address. Keep it at or below five times throttleRequestsPerMinute: providers send from few addresses.",
      ),
    permissionsBoundary: text(
      /^$|^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      "a policy ARN, such as arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev, or empty",
    )
      .transform((arn) => arn || undefined)
      .prefault("")
      .describe(
        "ARN of the permissions boundary of every role in the stack. ci-roles/ creates one for deployments by GitHub Actions. Empty: none.",
      ),
    allowedAccountIds: list(
      z.coerce.string().regex(/^\d{12}$/, { error: "an account ID of 12 digits" }),
      "a list of account IDs of 12 digits",
    )
      .prefault([])
      .describe("The only AWS accounts to which this stack can be deployed. Empty: any."),
  },
  "an object",
);

export type ConfigName = keyof z.input<typeof configSchema>;
/** Values of a stack's file, key by key. */
export type Settings = z.output<typeof configSchema>;

/** The stack's configuration, checked. */
export interface PipelineConfig extends Omit<
  Settings,
  | "sources"
  | "destinations"
  | "domain"
  | "hostedZone"
  | "testEvents"
  | "throttleRequestsPerMinute"
  | "throttleBurst"
  | "alertSubscriptions"
  | "permissionsBoundary"
> {
  region: string;
  alertSubscriptions: (Omit<Settings["alertSubscriptions"][number], "endpoint"> & { endpoint: Input<string> })[];
  permissionsBoundary?: Input<string>;
  /** Settings that a source does not have come from the stack. */
  sources: Source[];
  /** With their defaults. */
  destinations: Destination[];
  /** Throttle of all API methods that belong to no source. */
  stageThrottle: Source["throttle"];
  /** `undefined`: sources post to API Gateway's own host name. */
  domain: Domain | undefined;
}

export interface Domain {
  /** Such as `hooks.example.com`. */
  name: string;
  /** Its Route 53 zone, such as `example.com`. */
  hostedZone: string;
}

const keyDescription = z.object({
  type: z.enum(["string", "integer", "boolean", "array"]),
  /** Type of an array's elements; without it, elements may have any type. */
  items: z.object({ type: z.enum(["string", "object"]).optional() }).optional(),
  default: z.unknown(),
  description: z.string(),
  allowed: z.string(),
});
export type KeyDescription = z.output<typeof keyDescription>;

/** Descriptions of all keys, as Pulumi.yaml declares them and the README's table shows them. */
export const keyDescriptions: Readonly<Record<string, KeyDescription>> = z
  .record(z.string(), keyDescription)
  .parse(z.toJSONSchema(configSchema, { io: "input" }).properties);
