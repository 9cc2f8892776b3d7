import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Policies are typed documents, built by small functions; a component lists the statements beside what needs them. */
export type Statement = aws.iam.PolicyStatement;

/** A document as the JSON text that AWS takes. */
export function document(statements: Statement[]): pulumi.Output<string> {
  const policy: aws.iam.PolicyDocument = { Version: "2012-10-17", Statement: statements };
  return pulumi.jsonStringify(policy);
}

export function allow(sid: string, actions: string[], resources: pulumi.Input<string> | pulumi.Input<string>[]): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: resources };
}

/** Lets a service assume a role, for resources of this account alone where the service names its source.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
export function trust(service: string, sourceAccount?: pulumi.Input<string>): Statement {
  return {
    Sid: "Trust",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: sourceAccount ? { StringEquals: { "aws:SourceAccount": sourceAccount } } : undefined,
  };
}

/** What a role does with a key, by what is encrypted with it. */
const keyUse = {
  /** Read secrets, a stream, or anything else that is only read. */
  read: ["kms:Decrypt"],
  /** Send to an encrypted queue or topic.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
  send: ["kms:Decrypt", "kms:GenerateDataKey"],
  /** Read and write secrets. @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
  write: ["kms:Decrypt", "kms:GenerateDataKey"],
  /** Read and write a table. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
  table: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
} as const;
export type KeyUse = keyof typeof keyUse;

/** All that a role does with a key, in one statement: none of its actions is granted twice, so that none can be missed unnoticed. */
export function useKey(sid: string, keyArn: pulumi.Input<string>, uses: readonly KeyUse[]): Statement {
  return allow(sid, [...new Set(uses.flatMap((use) => keyUse[use]))].sort(), keyArn);
}

/** Send trace segments; X-Ray knows no narrower resource than `*`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export function writeTraces(): Statement {
  return allow("WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*");
}

/** Send trace segments, and ask which requests to trace, as Step Functions does; of a function's, Lambda itself decides.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
export function sampleAndWriteTraces(): Statement {
  const { Sid, Action } = writeTraces();
  return allow(Sid as string, [...(Action as string[]), "xray:GetSamplingRules", "xray:GetSamplingTargets"], "*");
}

/** A refusal of every request that did not come over TLS, for a resource policy. */
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
