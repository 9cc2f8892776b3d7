import * as aws from "@pulumi/aws";
import type { PipelineConfig } from "./config/schema";

/** Returns the tags of every resource. Only the suffix varies. */
export function defaultTags(environmentSuffix: string): Record<string, string> {
  return { Project: "webhook-pipeline", Environment: environmentSuffix, ManagedBy: "pulumi" };
}

/** Creates the AWS provider of a pipeline. Credentials come from the environment of `pulumi`, never from the program. */
export function createProvider(config: PipelineConfig, name = "aws"): aws.Provider {
  return new aws.Provider(name, {
    region: config.region as aws.Region,
    defaultTags: { tags: defaultTags(config.environmentSuffix) },
    allowedAccountIds: config.allowedAccountIds.length > 0 ? config.allowedAccountIds : undefined,
  });
}
