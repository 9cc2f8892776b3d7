import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineConfig } from "../../config/schema";
import { physicalName, type NameKey } from "../../domain/names";

/** What every component needs to know of the stack and of where it is deployed. */
export interface StackContext {
  config: PipelineConfig;
  accountId: pulumi.Output<string>;
  /** `aws`, `aws-cn` or `aws-us-gov`: the second part of every ARN. */
  partition: pulumi.Output<string>;
  /** The physical name of a resource in this stack. */
  name(key: NameKey): string;
  /** The name of a bucket: unique over all of AWS, hence with the account's id. */
  bucketName(key: NameKey): pulumi.Output<string>;
}

/** Makes the context of a pipeline, whose AWS provider tells the account and its partition. */
export function createContext(config: PipelineConfig, parent: pulumi.Resource): StackContext {
  const accountId = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const name = (key: NameKey) => physicalName(key, config.environmentSuffix);
  return {
    config,
    accountId,
    partition: aws.getPartitionOutput({}, { parent }).partition,
    name,
    bucketName: (key) => pulumi.interpolate`${name(key)}-${accountId}`,
  };
}

/** Options for what must not go unnoticed: what holds data, what others have the address of, and what all the rest hangs on, since
 * nothing is deleted that a protected resource depends on. What an update replaces can't be protected.
 * @see https://www.pulumi.com/docs/iac/concepts/options/protect/ */
export function protectedOptions({ config }: StackContext, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, protect: config.deletionProtection };
}
