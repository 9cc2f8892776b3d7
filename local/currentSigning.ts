import { createPrivateKey, X509Certificate } from "node:crypto";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createClients } from "./clients";
import { UserError } from "../domain/userError";
import type { LocalPipeline } from "./pipeline";
import type { LocalSource } from "./sources";
import type { Signing } from "./signing";

/** One entry of a secret, as `npx webhook-pipeline secrets` writes it. */
type Entry = Readonly<Record<string, string>>;

/**
 * What a source signs with now: `npx webhook-pipeline secrets` may have changed it since the start. Of two secrets it is the new one.
 * @throws UserError if nobody here can sign for it
 */
export async function currentSigning(pipeline: LocalPipeline, source: LocalSource): Promise<Signing> {
  const { secretsManager } = createClients(pipeline);
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: pipeline.outputs.secretArns[source] }));
  return withEntry(pipeline.signing, source, newestEntry(SecretString!));
}

function newestEntry(text: string): Entry {
  const value = JSON.parse(text) as Entry | [Entry, ...Entry[]];
  return Array.isArray(value) ? (value as Entry[])[0] : (value as Entry);
}

function withEntry(signing: Signing, source: LocalSource, entry: Entry): Signing {
  if (source === "paypal") return { ...signing, paypal: { ...signing.paypal, webhookId: requireOwnCertificate(entry, signing).webhookId } };
  if ("publicKey" in entry) throw new UserError(`${source} has a public key alone: what belongs to it is with the source.`);
  return { ...signing, [source]: entry };
}

/** PayPal signs with the key of its certificate; the only one here is that of this run. */
function requireOwnCertificate(entry: Entry, { paypal }: Signing): Entry {
  const isOwn = entry.certificate && new X509Certificate(entry.certificate).checkPrivateKey(createPrivateKey(paypal.privateKey));
  if (!isOwn) throw new UserError("paypal has a secret without this run's own certificate: nobody here can sign for it.");
  return entry;
}
