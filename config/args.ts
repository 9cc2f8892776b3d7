import type { Input } from "@pulumi/pulumi";
import type { AlertSubscriptionArgs, DestinationArgs, SourceArgs } from "./listArgs";

// Written by npm run fix from the schemas of this folder.

/** Settings of a pipeline, none of which is required. */
export interface PipelineArgs {
  /**
   * AWS region of the pipeline, which its provider must have. Without it, the stack's aws:region, else AWS_REGION or AWS_DEFAULT_REGION.
   * Allowed: an AWS region code, such as eu-central-1.
   */
  region?: string;
  /**
   * The part of each resource's name that differs between pipelines, such as dev in webhook-events-dev, and the value of the tag Environment of queues and secrets. Without it, the component's name.
   * Allowed: at most 33 lower-case letters, digits and single hyphens between them, beginning with a letter.
   */
  environmentSuffix?: string;
  /**
   * The sources. Each gets a URL and a secret. docs/providers.md explains the keys of a source; events is its event filter.
   * Allowed: a list of at least one source. A source is a provider's name, such as stripe, or an object with the key provider and, optionally, name, events, allowedCidrs, testEvents, throttle, unsigned and description.
   * @default ["stripe","square","paypal"]
   */
  sources?: readonly (string | SourceArgs)[];
  /**
   * Where events go: services to which the pipeline posts them, and queues that consumers poll. docs/destinations.md explains the keys.
   * Allowed: a list of destinations, such as [{name: orders, url: https://orders.example.com/webhooks}].
   * @default []
   */
  destinations?: readonly DestinationArgs[];
  /**
   * What to do with events that their provider marks as a test. accept stores and publishes them; ignore only acknowledges and counts them. Set ignore in production. A source can override it.
   * Allowed: accept or ignore.
   * @default "accept"
   */
  testEvents?: "accept" | "ignore";
  /**
   * Requests per minute that the API accepts from each source in the long run. A source can override it.
   * Allowed: a whole number of requests from 1 to 6,000,000.
   * @default 1000
   */
  throttleRequestsPerMinute?: number;
  /**
   * Requests at once that the API accepts from each source. A source can override it.
   * Allowed: a whole number of requests from 1 to 50,000.
   * @default 400
   */
  throttleBurst?: number;
  /**
   * The account's limit of requests per second to API Gateway in this region. All sources' throttles must fit into it. 0: AWS's default.
   * Allowed: a whole number of requests per second (0: AWS's default for the region) from 0 to 1,000,000.
   * @default 0
   */
  accountRequestsPerSecond?: number;
  /**
   * Memory of each function, in MB. CPU grows with memory.
   * Allowed: a whole number of MB from 128 to 10,240.
   * @default 512
   */
  lambdaMemoryMb?: number;
  /**
   * How long a function may run, in seconds. API Gateway answers the source after 29 at the latest.
   * Allowed: a whole number of seconds from 3 to 50.
   * @default 30
   */
  lambdaTimeoutSeconds?: number;
  /**
   * Concurrent executions reserved for the receiver. -1: none reserved.
   * Allowed: a whole number of concurrent executions from 1 to 10,000, or -1 (none reserved).
   * @default -1
   */
  receiverReservedConcurrency?: number;
  /**
   * Concurrent executions reserved for the processor. -1: none reserved.
   * Allowed: a whole number of concurrent executions from 1 to 10,000, or -1 (none reserved).
   * @default -1
   */
  processorReservedConcurrency?: number;
  /**
   * The account's limit of concurrent executions in this region: 10 in many new accounts (docs/deploy.md). AWS keeps 100 of them for functions without a reservation.
   * Allowed: a whole number of concurrent executions from 10 to 1,000,000.
   * @default 1000
   */
  accountConcurrency?: number;
  /**
   * Days until a log line expires.
   * Allowed: a number of days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653.
   * @default 30
   */
  logRetentionDays?: number;
  /**
   * Days until a stored event expires. Duplicates are detected for the same period.
   * Allowed: a whole number of days from 1 to 3,650.
   * @default 90
   */
  eventRetentionDays?: number;
  /**
   * Shards of the table's indexes. Each is for 400 events a second, and a list of events reads all of them. The number can be raised, never lowered. 0: as many as the throttles need.
   * Allowed: 0 (as many as the throttles need), or a power of two up to 1,024.
   * @default 0
   */
  indexShards?: number;
  /**
   * Type of the state machine. STANDARD shows each execution's history in the AWS console, at a higher price.
   * Allowed: EXPRESS or STANDARD.
   * @default "EXPRESS"
   */
  workflowType?: "EXPRESS" | "STANDARD";
  /**
   * What the workflow logs. ERROR: failures. ALL: every state of every event, for about 50 % more per event.
   * Allowed: ALL or ERROR.
   * @default "ERROR"
   */
  workflowLogLevel?: "ALL" | "ERROR";
  /**
   * Who gets alarms: a list of {protocol, endpoint}.
   * Allowed: a list of {protocol, endpoint} with a protocol of email, email-json, https, sms, sqs, lambda.
   * @default []
   */
  alertSubscriptions?: readonly AlertSubscriptionArgs[];
  /**
   * Requests with a bad signature in five minutes that raise an alarm.
   * Allowed: a whole number of refused requests from 1 to 100,000.
   * @default 10
   */
  signatureFailureThreshold?: number;
  /**
   * Creates the account's API Gateway logging role. Without it, the first pipeline of a program creates the role for each account and region. Set it to false if another stack does.
   * Allowed: true or false.
   */
  manageApiGatewayAccount?: boolean;
  /**
   * Protects the resources that hold data from deletion. Set it to true in production.
   * Allowed: true or false.
   * @default false
   */
  deletionProtection?: boolean;
  /**
   * Creates a CloudTrail trail of all regions. It records who read events, payloads and secrets, and who changed a resource or role.
   * Allowed: true or false.
   * @default false
   */
  auditTrail?: boolean;
  /**
   * Where the functions run. public: in AWS's own network. private: in a VPC that the pipeline creates.
   * Allowed: public or private.
   * @default "public"
   */
  network?: "public" | "private";
  /**
   * The host name of the webhook URLs, such as hooks.example.com. Empty: API Gateway's own.
   * Allowed: a host name in lower-case letters, such as hooks.example.com, or empty.
   * @default ""
   */
  domain?: string;
  /**
   * The public Route 53 zone of the domain. Empty: the domain without its first label.
   * Allowed: a zone name that the domain ends in, such as example.com, or empty.
   * @default ""
   */
  hostedZone?: string;
  /**
   * Puts AWS WAF in front of the API: a rate limit per address, AWS's common rules, and a size limit.
   * Allowed: true or false.
   * @default false
   */
  waf?: boolean;
  /**
   * Requests in five minutes that AWS WAF accepts from one address. Keep it at or below five times throttleRequestsPerMinute: providers send from few addresses.
   * Allowed: a whole number of requests in five minutes from 10 to 2,000,000,000.
   * @default 4000
   */
  wafRequestsPerAddress?: number;
  /**
   * ARN of the permissions boundary of every role of the pipeline. Empty: none.
   * Allowed: a policy ARN, such as arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev, or empty.
   * @default ""
   */
  permissionsBoundary?: Input<string>;
  /**
   * The only AWS accounts to which the pipeline can be deployed. Empty: any.
   * Allowed: a list of account IDs of 12 digits.
   * @default []
   */
  allowedAccountIds?: readonly string[];
}
