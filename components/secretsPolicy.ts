import type * as pulumi from "@pulumi/pulumi";
import { showsToken } from "../domain/description";
import type { Encryption } from "./encryption";
import type { EventStore } from "./eventStore/eventStore";
import type { StackContext } from "./lib/context";
import { handshakesOnly } from "./lib/handshakes";
import { allow, allowOnSecrets, document, useKey, type Statement } from "./lib/policies";

/**
 * Returns an IAM policy for `npx webhook-pipeline secrets`. It is separate because operators who redrive events need no signing secrets. It
 * allows the items with tokens only if a source's provider posts one.
 */
export function secretsPolicy(
  context: StackContext,
  encryption: Pick<Encryption, "dataKey">,
  { table }: Pick<EventStore, "table">,
): pulumi.Output<string> {
  const hasTokens = context.config.sources.some(({ description }) => description !== undefined && showsToken(description));
  const tokens: Statement = {
    ...allow("ReadAndRemoveHandshakeTokens", ["dynamodb:BatchGetItem", "dynamodb:DeleteItem"], table.arn),
    Condition: handshakesOnly,
  };
  return document([
    allowOnSecrets("ListSetAndRotate", ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], context),
    ...(hasTokens ? [tokens] : []),
    useKey("UseDataKey", encryption.dataKey.arn, hasTokens ? ["write", "table"] : ["write"]),
  ]);
}
