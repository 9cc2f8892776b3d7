import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineConfig } from "../../config/schema";
import { physicalName, type NameKey } from "../../domain/names";

/** Stack and account, as every component needs them. */
export interface StackContext {
  config: PipelineConfig;
  accountId: pulumi.Output<string>;
  /** `aws`, `aws-cn` or `aws-us-gov`: the second part of every ARN. */
  partition: pulumi.Output<string>;
  /** Returns the physical name of a resource in this stack. */
  name(key: NameKey): string;
  /** Returns the name of a bucket, with the account's ID because bucket names are unique across AWS. */
  bucketName(key: NameKey): pulumi.Output<string>;
}

/** Creates the context of a pipeline. Its AWS provider determines account and partition. */
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

/**
 * Returns the options of a resource that `deletionProtection` protects. It holds data, has an address that others use, or depends on
 * resources that must stay. Resources that an update may replace cannot be protected.
 * @see https://www.pulumi.com/docs/iac/concepts/options/protect/
 */
export function protectedOptions({ config }: StackContext, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, protect: config.deletionProtection };
}
