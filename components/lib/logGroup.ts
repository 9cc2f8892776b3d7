import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "./context";
import type { Encryption } from "../encryption";

/**
 * Creates a log group that is encrypted and expires. Create it before the resource that writes to it. Otherwise AWS creates a group without
 * encryption that never expires.
 */
export function createLogGroup(
  child: string,
  name: pulumi.Input<string>,
  { context, encryption }: { context: StackContext; encryption: Encryption },
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    child,
    { name, retentionInDays: context.config.logRetentionDays, kmsKeyId: encryption.logsKey.arn },
    { parent },
  );
}
