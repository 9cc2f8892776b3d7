import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { secretName } from "../../domain/names";
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

/**
 * Allows actions on the secrets of all sources. Their ARNs one by one would exceed the size of a policy with about a hundred sources. The tag
 * excludes other stacks: `webhook-*-dev` also matches `webhook-stripe-my-dev`, a secret of the stack `my-dev`.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access-abac.html
 */
export function allowOnSecrets(sid: string, actions: string[], context: StackContext): Statement {
  const { accountId, partition } = context;
  const { region, environmentSuffix } = context.config;
  const names = `${secretName("*", environmentSuffix)}-??????`;
  return {
    ...allow(sid, actions, pulumi.interpolate`arn:${partition}:secretsmanager:${region}:${accountId}:secret:${names}`),
    Condition: { StringEquals: { "aws:ResourceTag/Environment": ownTags(context).Environment } },
  };
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
