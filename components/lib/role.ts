import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "./context";

/**
 * Creates a role with the stack's permissions boundary. Every role of the program is created here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function createRole(
  { config }: StackContext,
  child: string,
  args: Omit<aws.iam.RoleArgs, "permissionsBoundary">,
  options: pulumi.CustomResourceOptions,
): aws.iam.Role {
  return new aws.iam.Role(child, { ...args, permissionsBoundary: config.permissionsBoundary }, options);
}
