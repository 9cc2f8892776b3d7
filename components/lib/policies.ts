import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isHttps, type Destination } from "../../config/destinations";
import { DestinationTag, type DestinationType } from "../../domain/destinations";
import { destinationName, listenerName, secretName, secretOwner } from "../../domain/names";
import type { StackContext } from "./context";

/** Statement of a policy. Components build typed documents from statements, next to the resources that need them. */
export type Statement = aws.iam.PolicyStatement;

/** Returns a policy document as JSON. */
export function document(statements: Statement[]): pulumi.Output<string> {
  const policy: aws.iam.PolicyDocument = { Version: "2012-10-17", Statement: statements };
  return pulumi.jsonStringify(policy);
}

export function allow(sid: string, actions: string[], resources: pulumi.Input<string> | pulumi.Input<string>[]): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: resources };
}

/** Returns the tag that identifies the secrets of a stack. It does not rely on the default tags of the AWS provider. */
export const ownTags = ({ config }: StackContext) => ({ Environment: config.environmentSuffix });

/** Returns the tags of a destination's queues and secret. */
export const destinationTags = ({ name, type }: Destination) => ({ [DestinationTag.name]: name, [DestinationTag.type]: type });

/** Requires a secret of a destination, or of none. */
const ofDestination = (required: boolean): Conditions => ({ Null: { [`aws:ResourceTag/${DestinationTag.name}`]: String(!required) } });

/**
 * Allows actions on the secrets of all sources. Their ARNs one by one would exceed the size of a policy with about a hundred sources. The tag
 * excludes other stacks: `webhook-*-dev` also matches `webhook-stripe-my-dev`, a secret of the stack `my-dev`.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access-abac.html
 */
export function allowOnSecrets(sid: string, actions: string[], context: StackContext): Statement {
  return allowOnTagged(sid, actions, secretArns(context, "*"), context);
}

/** Allows actions on the secrets of all sources, and on none of a destination. */
export function allowOnSourceSecrets(sid: string, actions: string[], context: StackContext): Statement {
  const others = context.config.destinations.some(isHttps) ? ofDestination(false) : {};
  return allowOnTagged(sid, actions, secretArns(context, "*"), context, others);
}

/** Allows actions on the secrets of all destinations. */
export function allowOnDestinationSecrets(sid: string, actions: string[], context: StackContext): Statement {
  const arns = secretArns(context, secretOwner("*"));
  return allowOnTagged(sid, actions, arns, context, ofDestination(true));
}

/**
 * Allows actions on the queues of all destinations of these types, or on their dead-letter queues. The tags exclude those of other types
 * and of other stacks.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-abac-condition-keys.html
 */
export function allowOnQueues(
  sid: string,
  actions: string[],
  kind: "queue" | "deadLetterQueue",
  types: readonly DestinationType[],
  context: StackContext,
): Statement {
  const name = destinationName[kind]("*", context.config.environmentSuffix);
  return {
    ...allow(sid, actions, arnOf(context, "sqs", name)),
    Condition: { StringEquals: { ...ownTag(context), [`aws:ResourceTag/${DestinationTag.type}`]: [...types] } },
  };
}

/** Returns the ARNs of the temporary rules on an event bus, and of the queues, of `listen`. */
export function listenerArns(context: StackContext, busArn: pulumi.Output<string>): Record<"rules" | "queues", pulumi.Output<string>> {
  const name = listenerName(context.config.environmentSuffix);
  return { rules: busArn.apply((arn) => `${arn.replace(":event-bus/", ":rule/")}/${name}`), queues: arnOf(context, "sqs", name) };
}

type Conditions = NonNullable<Statement["Condition"]>;

const ownTag = (context: StackContext) => ({ "aws:ResourceTag/Environment": ownTags(context).Environment });

/** Allows actions on resources of this stack, which its tag tells. */
function allowOnTagged(
  sid: string,
  actions: string[],
  arns: pulumi.Input<string>,
  context: StackContext,
  more: Conditions = {},
): Statement {
  return {
    ...allow(sid, actions, arns),
    Condition: { StringEquals: ownTag(context), ...more },
  };
}

/** Returns the ARNs of secrets: Secrets Manager appends six characters to their names. */
function secretArns(context: StackContext, owner: string): pulumi.Output<string> {
  return arnOf(context, "secretsmanager", `secret:${secretName(owner, context.config.environmentSuffix)}-??????`);
}

/** Returns the ARN of a resource in the stack's account and region. */
export function arnOf({ partition, accountId, config }: StackContext, service: string, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:${service}:${config.region}:${accountId}:${resource}`;
}

/**
 * Lets a service assume a role; with `sourceAccount`, only for resources of that account.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function trust(service: string, sourceAccount?: pulumi.Input<string>): Statement {
  return {
    Sid: "Trust",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: sourceAccount ? { StringEquals: { "aws:SourceAccount": sourceAccount } } : undefined,
  };
}

/** KMS actions by the use of a key. */
const keyUse = {
  /** Reads secrets, a stream, or other data. */
  read: ["kms:Decrypt"],
  /**
   * Sends to an encrypted queue or topic.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
   */
  send: ["kms:Decrypt", "kms:GenerateDataKey"],
  /**
   * Reads and writes secrets.
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
   */
  write: ["kms:Decrypt", "kms:GenerateDataKey"],
  /**
   * Reads and writes a table.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   */
  table: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
} as const;
export type KeyUse = keyof typeof keyUse;

/** Allows all uses of a key in one statement. No action appears twice, so that tests notice each one that is missing. */
export function useKey(sid: string, keyArn: pulumi.Input<string>, uses: readonly KeyUse[]): Statement {
  return allow(sid, [...new Set(uses.flatMap((use) => keyUse[use]))].sort(), keyArn);
}

/**
 * Allows sending trace segments. X-Ray accepts no narrower resource than `*`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
export function writeTraces(): Statement {
  return allow("WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*");
}

/**
 * Allows sending trace segments and reading sampling rules, as Step Functions does. For a function, Lambda itself samples.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
 */
export function sampleAndWriteTraces(): Statement {
  const { Sid, Action } = writeTraces();
  return allow(Sid as string, [...(Action as string[]), "xray:GetSamplingRules", "xray:GetSamplingTargets"], "*");
}

/** Denies every request without TLS, for a resource policy. */
export function denyInsecureTransport(actions: string[], resource: pulumi.Input<string> | pulumi.Input<string>[]): Statement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
