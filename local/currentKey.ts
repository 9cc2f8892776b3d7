import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createClients } from "./clients";
import type { LocalPipeline } from "./pipeline";
import { keyIn, type SigningSecret } from "./secretKey";
import type { SigningKey } from "./signing";

/**
 * Reads the key that a source signs with now: `webhook-pipeline secrets` may have changed it since the start.
 * @throws UserError if there is no such secret, or nothing here can sign with it
 */
export async function currentKey(
  pipeline: Pick<LocalPipeline, "signing" | "outputs"> & Parameters<typeof createClients>[0],
  source: string,
  which: SigningSecret = "new",
): Promise<SigningKey> {
  const { secretsManager } = createClients(pipeline);
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: pipeline.outputs.secretArns[source] }));
  return keyIn(source, pipeline.signing[source], SecretString, which);
}
