import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Encryption } from "../encryption";
import { protectedOptions, type StackContext } from "./context";
import { ownTags } from "./policies";

export interface SigningSecretArgs {
  context: StackContext;
  encryption: Encryption;
  /** Name of the secret. */
  secretName: string;
  /** What the secret is, such as `Signing secret of the source stripe`. */
  what: string;
  /** Tags beside the stack's own. */
  tags?: Record<string, string>;
}

/** Creates a secret without a value, which operators set: one entry, or two during a rotation. */
export function createSigningSecret(name: string, args: SigningSecretArgs, parent: pulumi.Resource): aws.secretsmanager.Secret {
  const { context, encryption, secretName, what, tags } = args;
  return new aws.secretsmanager.Secret(
    name,
    {
      name: secretName,
      description: `${what}: one entry, or two during a rotation`,
      kmsKeyId: encryption.dataKey.arn,
      tags: { ...ownTags(context), ...tags },
      recoveryWindowInDays: context.config.deletionProtection ? 30 : 0,
    },
    protectedOptions(context, parent),
  );
}
