import * as aws from "@pulumi/aws";
import type { PipelineConfig } from "./config/schema";

/** Tags of every resource; the suffix is the only part that varies. */
export function defaultTags(environmentSuffix: string): Record<string, string> {
  return { Project: "webhook-pipeline", Environment: environmentSuffix, ManagedBy: "pulumi" };
}

/** Makes the AWS provider of a pipeline. Nothing in it is a credential: those come from the environment of `pulumi`. */
export function createProvider(config: PipelineConfig, name = "aws"): aws.Provider {
  return new aws.Provider(name, {
    region: config.region as aws.Region,
    defaultTags: { tags: defaultTags(config.environmentSuffix) },
    allowedAccountIds: config.allowedAccountIds.length > 0 ? config.allowedAccountIds : undefined,
  });
}
