import * as aws from "@pulumi/aws";
import type { StackArgs } from "./config/load";

/** Returns the tags of every resource. Only the suffix varies. */
export function defaultTags(environmentSuffix: string): Record<string, string> {
  return { Project: "webhook-pipeline", Environment: environmentSuffix, ManagedBy: "pulumi" };
}

/** Creates the AWS provider of a pipeline. Credentials come from the environment of `pulumi`, never from the program. */
export function createProvider({ region, environmentSuffix, allowedAccountIds = [] }: StackArgs, name = "aws"): aws.Provider {
  return new aws.Provider(name, {
    region: region as aws.Region,
    defaultTags: { tags: defaultTags(environmentSuffix) },
    allowedAccountIds: allowedAccountIds.length > 0 ? [...allowedAccountIds] : undefined,
  });
}
