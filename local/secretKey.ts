import { createPrivateKey, X509Certificate } from "node:crypto";
import { UserError } from "../domain/userError";
import type { SigningKey } from "./signing";

/** One entry of a secret, as `webhook-pipeline secrets` writes it. */
type Entry = Readonly<Record<string, string>>;

/** Secret that signs during a rotation: the one that was added, or the one that was there before. */
export type SigningSecret = "new" | "old";

/** Returns the key that signs for a secret's value. Returns the key as it is if nothing here can sign for that value. */
export function keyAfter(source: string, key: SigningKey, value: string): SigningKey {
  try {
    return keyIn(source, key, value, "new");
  } catch (error) {
    if (error instanceof UserError) return key;
    throw error;
  }
}

/**
 * Returns the key that signs for one of the entries in a secret's value.
 * @throws UserError if there is no such entry, or nothing here can sign for it
 */
export function keyIn(source: string, key: SigningKey, value: string | undefined, which: SigningSecret): SigningKey {
  if (value === undefined)
    throw new UserError(`The secret of ${source} has no value. Set one with "npx webhook-pipeline secrets set ${source}".`);
  const [newest, old] = ([JSON.parse(value)] as [Entry | Entry[]]).flat();
  const entry = which === "new" ? newest : old;
  if (!entry)
    throw new UserError(
      `${source} has one secret and no old one: no rotation has begun, or "secrets finish" has removed it. Leave --secret out, or begin a rotation with "npx webhook-pipeline secrets rotate ${source}".`,
    );
  if (canSign(key, entry)) return withEntry(key, entry);
  const [other, another] = which === "new" ? ([old, "old"] as const) : ([newest, "new"] as const);
  const name = old ? `The ${which} secret` : "The secret";
  const next =
    other && canSign(key, other)
      ? `Sign with the ${another} one: "npx webhook-pipeline send ${source} --secret ${another}".`
      : hasOwnKey(key)
        ? "A start without --keep makes one that it can sign for."
        : `Set a secret with "npx webhook-pipeline secrets set ${source} --replace".`;
  throw new UserError(`${name} of ${source} ${lackOf(key)}. ${next}`);
}

/** Tells whether a key has a private key, which belongs to a secret of this run alone. */
const hasOwnKey = (key: SigningKey) => "privateKey" in key && key.privateKey !== undefined;

const lackOf = ({ provider }: SigningKey) =>
  provider === "paypal"
    ? "lacks the certificate of this run, so nothing here can sign for it"
    : "is a public key, and only its owner can sign for it";

function canSign(key: SigningKey, entry: Entry): boolean {
  // PayPal signs with its certificate's key; this run has only that of its own certificate.
  if (key.provider === "paypal")
    return Boolean(entry.certificate) && new X509Certificate(entry.certificate).checkPrivateKey(createPrivateKey(key.privateKey));
  if (key.provider !== "described") return !("publicKey" in entry);
  return key.privateKey === undefined || ["secret", "publicKey", "certificate"].every((field) => entry[field] === key[field]);
}

function withEntry(key: SigningKey, entry: Entry): SigningKey {
  if (key.provider === "paypal") return { ...key, webhookId: entry.webhookId };
  return (
    key.provider === "described"
      ? { ...entry, provider: key.provider, description: key.description, privateKey: key.privateKey }
      : { ...entry, provider: key.provider }
  ) as SigningKey;
}
