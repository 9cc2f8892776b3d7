import { z } from "zod";
import { testEventChoices, type CodedProvider } from "../domain/sources";
import { burst, requestsPerMinute, sourceList, type Source } from "./sources";
import { choice, flag, integer, list, object, text } from "./values";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const retentions = `one of the retentions that CloudWatch Logs offers: ${retentionDays.join(", ")} days`;

/** Protocols that an SNS subscription may have. @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const subscriptionProtocols = ["email", "email-json", "https", "sms", "sqs", "lambda"] as const;

/** A host name of at least two labels, in lower-case letters. */
const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
const orEmpty = ({ source }: RegExp) => new RegExp(`^$|${source}`);

/** What a part of physical names consists of. */
export const suffixPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const reservation = integer(-1, 10_000, "concurrent executions (-1: none reserved)")
  .refine((value) => value !== 0, { error: "-1 for none reserved, or at least 1: with 0 the function would never run" })
  .transform((value) => (value < 0 ? undefined : value));

/** The one place of every key of a stack's configuration: type, default, bounds and meaning. Pulumi.yaml's `config` and the README's table
 * are written from it; what values say about each other is checked in config/checks.ts. */
export const configSchema = object(
  {
    environmentSuffix: text(orEmpty(suffixPattern), "lower-case letters, digits and single hyphens between them, beginning with a letter")
      .prefault("")
      .describe("The part that varies in every name and tag; empty: the stack's name."),
    sources: sourceList
      .prefault(["stripe", "square", "paypal"] satisfies CodedProvider[])
      .describe(
        "Who may send; each source gets a URL and a secret. As an object, a source can have a name of its own, event types that are kept, networks that may send, and its own testEvents and throttle; the provider hmac is described under hmac (docs/providers.md).",
      ),
    testEvents: choice(testEventChoices)
      .prefault("accept")
      .describe(
        "Events that their provider calls a test: accept stores and publishes them as such; ignore acknowledges and counts them. Ignore them in production. A source can have its own.",
      ),
    throttleRequestsPerMinute: requestsPerMinute
      .prefault(1_000)
      .describe("Requests a minute that the API lets through of each source in the long run, unless the source has its own throttle."),
    throttleBurst: burst
      .prefault(400)
      .describe("Requests at once that the API lets through of each source, unless the source has its own throttle."),
    accountRequestsPerSecond: integer(0, 1_000_000, "requests a second (0: AWS's default of the region)")
      .prefault(0)
      .describe(
        "The account's limit of requests a second to API Gateway in this region, which all sources' throttles fit into; 0: AWS's default.",
      ),
    lambdaMemoryMb: integer(128, 10_240, "MB").prefault(512).describe("Memory of each function, MB; the processor's share grows with it."),
    lambdaTimeoutSeconds: integer(3, 50, "seconds")
      .prefault(30)
      .describe("How long a function may run, seconds; API Gateway answers the source after 29 at the latest."),
    receiverReservedConcurrency: reservation.prefault(-1).describe("Concurrent executions reserved for the receiver; -1: none reserved."),
    processorReservedConcurrency: reservation.prefault(-1).describe("Concurrent executions reserved for the processor; -1: none reserved."),
    accountConcurrency: integer(10, 1_000_000, "concurrent executions")
      .prefault(1_000)
      .describe(
        "The account's limit of concurrent executions in this region, 10 in many new accounts (docs/deploy.md); AWS keeps 100 of them unreserved.",
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
    workflowType: choice(["EXPRESS", "STANDARD"])
      .prefault("EXPRESS")
      .describe("Type of the state machine: EXPRESS, or STANDARD for the console's history at a higher price."),
    workflowLogLevel: choice(["ALL", "ERROR"])
      .prefault("ERROR")
      .describe("What the workflow logs: ERROR, what fails, or ALL, each state of each event, for about 50 % more per event."),
    alertSubscriptions: list(
      object(
        {
          protocol: choice(subscriptionProtocols),
          endpoint: text(/./s, "an address or ARN for the protocol"),
        },
        "an object",
      ),
      `a list of {protocol, endpoint} with a protocol of ${subscriptionProtocols.join(", ")}`,
    )
      .prefault([])
      .describe("Who is told of an alarm: a list of {protocol, endpoint}."),
    signatureFailureThreshold: integer(1, 100_000, "refused requests")
      .prefault(10)
      .describe("Requests with a bad signature in five minutes that raise the alarm."),
    manageApiGatewayAccount: flag()
      .prefault(true)
      .describe("Whether this stack owns the account's API Gateway logging role; true in exactly one stack of an account and region."),
    deletionProtection: flag().prefault(false).describe("Whether what holds data is protected from deletion; true in production."),
    auditTrail: flag()
      .prefault(false)
      .describe(
        "Whether a CloudTrail trail of all regions records who read events, payloads and secrets, and who changed a resource or a role.",
      ),
    network: choice(["public", "private"])
      .prefault("public")
      .describe("Where the functions run: public, in AWS's own network, or private, in a VPC of this stack's own."),
    domain: text(orEmpty(hostName), "a host name in lower-case letters, such as hooks.example.com, or empty")
      .prefault("")
      .describe("The host name of the webhook URLs, such as hooks.example.com; empty: API Gateway's own."),
    hostedZone: text(orEmpty(hostName), "the name of a zone that ends the domain, such as example.com, or empty")
      .prefault("")
      .describe("The public Route 53 zone that the domain is in; empty: the domain without its first label."),
    waf: flag().prefault(false).describe("Whether AWS WAF stands before the API: a rate per address, AWS's common rules, a limit of size."),
    wafRequestsPerAddress: integer(10, 2_000_000_000, "requests in five minutes")
      .prefault(4_000)
      .describe(
        "Requests in five minutes that AWS WAF lets through from one address, a fifth of which must fit into each source's throttle; a provider sends from few.",
      ),
    permissionsBoundary: text(
      /^$|^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      "the ARN of a policy, such as arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev, or empty",
    )
      .transform((arn) => arn || undefined)
      .prefault("")
      .describe("The policy that bounds every role of the stack, which ci-roles/ makes for deployments by GitHub Actions; empty: none."),
    allowedAccountIds: list(
      z.coerce.string().regex(/^\d{12}$/, { error: "an account ID of twelve digits" }),
      "a list of account IDs of twelve digits",
    )
      .prefault([])
      .describe("The only AWS accounts that this stack may be deployed to; empty: any."),
  },
  "an object",
);

export type ConfigName = keyof z.input<typeof configSchema>;
/** What a stack's file sets, key by key. */
export type Settings = z.output<typeof configSchema>;

/** The stack's configuration as the program reads it, checked. */
export interface PipelineConfig extends Omit<
  Settings,
  "sources" | "domain" | "hostedZone" | "testEvents" | "throttleRequestsPerMinute" | "throttleBurst"
> {
  region: string;
  /** Each with its own settings, or the stack's where it has none. */
  sources: Source[];
  /** Of what the stage has beside the sources' methods. */
  stageThrottle: Source["throttle"];
  /** `undefined`: sources use API Gateway's own host name. */
  domain: Domain | undefined;
}

export interface Domain {
  /** Such as `hooks.example.com`. */
  name: string;
  /** The Route 53 zone that it is in, such as `example.com`. */
  hostedZone: string;
}

const keyDescription = z.object({
  type: z.enum(["string", "integer", "boolean", "array"]),
  /** Elements of an array; without a type, they may have any. */
  items: z.object({ type: z.enum(["string", "object"]).optional() }).optional(),
  default: z.unknown(),
  description: z.string(),
  allowed: z.string(),
});
export type KeyDescription = z.output<typeof keyDescription>;

/** Each key in words, as Pulumi.yaml declares it and the README's table shows it. */
export const keyDescriptions: Readonly<Record<string, KeyDescription>> = z
  .record(z.string(), keyDescription)
  .parse(z.toJSONSchema(configSchema, { io: "input" }).properties);
