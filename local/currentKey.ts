import { createPrivateKey, X509Certificate } from "node:crypto";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createClients } from "./clients";
import { UserError } from "../domain/userError";
import type { LocalPipeline } from "./pipeline";
import type { SigningKey } from "./signing";

/** One entry of a secret, as `webhook-pipeline secrets` writes it. */
type Entry = Readonly<Record<string, string>>;

/**
 * Reads the key that a source signs with now: `webhook-pipeline secrets` may have changed it since the start. During a rotation, the new one.
 * @throws UserError if the secret holds no key to sign with
 */
export async function currentKey(
  pipeline: Pick<LocalPipeline, "signing" | "outputs"> & Parameters<typeof createClients>[0],
  source: string,
): Promise<SigningKey> {
  const { secretsManager } = createClients(pipeline);
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: pipeline.outputs.secretArns[source] }));
  return withEntry(source, pipeline.signing[source], newestEntry(source, SecretString));
}

function newestEntry(source: string, text: string | undefined): Entry {
  if (text === undefined)
    throw new UserError(`The secret of ${source} has no value. Set one with "npx webhook-pipeline secrets set ${source}".`);
  const value = JSON.parse(text) as Entry | [Entry, ...Entry[]];
  return Array.isArray(value) ? (value as Entry[])[0] : (value as Entry);
}

function withEntry(source: string, key: SigningKey, entry: Entry): SigningKey {
  if (key.provider === "paypal") return { ...key, webhookId: requireOwnCertificate(source, key, entry).webhookId };
  const isForeign =
    key.provider === "described"
      ? key.privateKey !== undefined && ["secret", "publicKey", "certificate"].some((field) => entry[field] !== key[field])
      : "publicKey" in entry;
  if (isForeign)
    throw new UserError(
      `The secret of ${source} is a public key. Only its owner can sign; set a secret with "npx webhook-pipeline secrets set ${source}".`,
    );
  return (
    key.provider === "described"
      ? { ...entry, provider: key.provider, description: key.description, privateKey: key.privateKey }
      : { ...entry, provider: key.provider }
  ) as SigningKey;
}

/** PayPal signs with its certificate's key; this run has only that of its own certificate. */
function requireOwnCertificate(source: string, { privateKey }: SigningKey<"paypal">, entry: Entry): Entry {
  const isOwn = entry.certificate && new X509Certificate(entry.certificate).checkPrivateKey(createPrivateKey(privateKey));
  if (!isOwn)
    throw new UserError(`The secret of ${source} lacks the certificate of this run, so nothing here can sign for it. Start the run again.`);
  return entry;
}
