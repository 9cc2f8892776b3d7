import { createPrivateKey, X509Certificate } from "node:crypto";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createClients } from "./clients";
import { UserError } from "../domain/userError";
import type { LocalPipeline } from "./pipeline";
import type { LocalSender } from "./senders";
import type { Signing } from "./signing";

/** One entry of a secret, as `npm run secrets` writes it. */
type Entry = Readonly<Record<string, string>>;

/**
 * What a sender signs with now: `npm run secrets` may have changed it since the start. Of two secrets it is the new one.
 * @throws UserError if nobody here can sign for it
 */
export async function currentSigning(pipeline: LocalPipeline, sender: LocalSender): Promise<Signing> {
  const { secretsManager } = createClients(pipeline);
  const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: pipeline.outputs.secretArns[sender] }));
  return withEntry(pipeline.signing, sender, newestEntry(SecretString!));
}

function newestEntry(text: string): Entry {
  const value = JSON.parse(text) as Entry | [Entry, ...Entry[]];
  return Array.isArray(value) ? (value as Entry[])[0] : (value as Entry);
}

function withEntry(signing: Signing, sender: LocalSender, entry: Entry): Signing {
  if (sender === "paypal") return { ...signing, paypal: { ...signing.paypal, webhookId: requireOwnCertificate(entry, signing).webhookId } };
  if ("publicKey" in entry) throw new UserError(`${sender} has a public key alone: what belongs to it is with the sender.`);
  return { ...signing, [sender]: entry };
}

/** PayPal signs with the key of its certificate; the only one here is that of this run. */
function requireOwnCertificate(entry: Entry, { paypal }: Signing): Entry {
  const isOwn = entry.certificate && new X509Certificate(entry.certificate).checkPrivateKey(createPrivateKey(paypal.privateKey));
  if (!isOwn) throw new UserError("paypal has a secret without this run's own certificate: nobody here can sign for it.");
  return entry;
}
