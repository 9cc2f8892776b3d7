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

/** Read what a key encrypts. */
export function decrypt(sid: string, keyArn: pulumi.Input<string>): Statement {
  return allow(sid, ["kms:Decrypt"], keyArn);
}

/** Send to an encrypted queue or topic. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
export function encryptMessages(sid: string, keyArn: pulumi.Input<string>): Statement {
  return allow(sid, ["kms:Decrypt", "kms:GenerateDataKey"], keyArn);
}

/** Read and write a table under a customer-managed key.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
export function useTableKey(sid: string, keyArn: pulumi.Input<string>): Statement {
  return allow(
    sid,
    ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
    keyArn,
  );
}

/** Send trace segments; X-Ray knows no narrower resource than `*`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export function writeTraces(): Statement {
  return allow(
    "WriteTraces",
    ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
    "*",
  );
}

/** A refusal of every request that did not come over TLS, for a resource policy. */
export function denyInsecureTransport(actions: string[], resource: pulumi.Input<string>): Statement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
