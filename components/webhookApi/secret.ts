import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Source } from "../../config/sources";
import { signsBody } from "../../domain/description";
import { secretName, unsignedSecret } from "../../domain/names";
import type { Encryption } from "../encryption";
import { protectedOptions, type StackContext } from "../lib/context";
import { ownTags } from "../lib/policies";

/** Creates the signing secret of a source, without a value. Its description tells of a source that signs nothing. */
export function createSecret(
  child: string,
  { name, description }: Source,
  context: StackContext,
  encryption: Encryption,
  parent: pulumi.Resource,
): aws.secretsmanager.Secret {
  const { config } = context;
  const what = description && !signsBody(description) ? unsignedSecret : "Signing secret";
  return new aws.secretsmanager.Secret(
    child,
    {
      name: secretName(name, config.environmentSuffix),
      description: `${what} of the source ${name}: one entry, or two during a rotation`,
      kmsKeyId: encryption.dataKey.arn,
      tags: ownTags(context),
      recoveryWindowInDays: config.deletionProtection ? 30 : 0,
    },
    protectedOptions(context, parent),
  );
}
