import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineArgs } from "../../config/args";
import { configOf } from "../../config/fromArgs";
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

/**
 * Creates the context of a pipeline. Its AWS provider determines account and partition, and must be of the configured place.
 * @param problemIn tells what else is wrong, once the account is known; it gets that in words
 */
export function createContext(
  config: PipelineConfig,
  parent: pulumi.Resource,
  problemIn: (account: string) => string | undefined = () => undefined,
): StackContext {
  const accountId = pulumi
    .all([aws.getCallerIdentityOutput({}, { parent }).accountId, aws.getRegionOutput({}, { parent }).region])
    .apply(([account, region]) => {
      const problem = placeProblem(config, account, region) ?? problemIn(`the account ${account}`);
      if (problem) throw new pulumi.RunError(problem);
      return account;
    });
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
 * Creates the context of components that are used without the whole pipeline.
 * @param name the `environmentSuffix` unless that is set
 * @throws InputPropertiesError with everything that is wrong with the arguments
 */
export function pipelineContext(name: string, args: PipelineArgs, parent: pulumi.Resource): StackContext {
  return createContext(configOf(name, args), parent);
}

/** Tells what is wrong with the account or region of a provider: policies and endpoints would name resources that do not exist. */
export function placeProblem(
  { environmentSuffix, region, allowedAccountIds }: Pick<PipelineConfig, "environmentSuffix" | "region" | "allowedAccountIds">,
  providerAccount: string,
  providerRegion: string,
): string | undefined {
  const pipeline = `the pipeline ${environmentSuffix}`;
  if (providerRegion !== region)
    return `The AWS provider is of the region ${providerRegion}, but ${pipeline} is configured for ${region}. Set its region to the provider's.`;
  if (allowedAccountIds.length === 0 || allowedAccountIds.includes(providerAccount)) return undefined;
  return `The AWS provider is of the account ${providerAccount}. Allowed for ${pipeline}: ${allowedAccountIds.join(", ")} (allowedAccountIds).`;
}

/**
 * Returns the options of a resource that `deletionProtection` protects. It holds data, has an address that others use, or depends on
 * resources that must stay. Resources that an update may replace cannot be protected. Without `deletionProtection`, the pipeline's own
 * option `protect` is inherited, which a `false` would prevent.
 * @see https://www.pulumi.com/docs/iac/concepts/options/protect/
 */
export function protectedOptions({ config }: StackContext, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, protect: config.deletionProtection || undefined };
}
