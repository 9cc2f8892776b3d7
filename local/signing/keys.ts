import "reflect-metadata";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { implementationOf, type CodedProvider, type Implementation } from "../../domain/sources";
import type { ProviderDescription } from "../../domain/description";
import { createDescribedKey } from "./described";
import type { DescribedKey } from "./describedKey";
import { localTopicArn } from "./sns";
import { describeSource, localSources, type LocalSource, type SourceDescription } from "../sources";

/** Fields that the sources of each provider sign with. */
interface Fields {
  stripe: { secret: string };
  square: { signatureKey: string; notificationUrl: string };
  /** `certificate` and `privateKey` are PEM. */
  paypal: { webhookId: string; certUrl: string; certificate: string; privateKey: string };
  github: { secret: string };
  shopify: { secret: string };
  slack: { signingSecret: string };
  twilio: { authToken: string; url: string };
  adyen: { hmacKey: string; username?: string; password?: string };
  "standard-webhooks": { secret: string };
  described: DescribedKey;
}

/** Key that a source signs with, and the code that signs with it. */
export type SigningKey<P extends Implementation = Implementation> = { [Q in P]: Fields[Q] & { provider: Q } }[P];

/** Keys of a run's sources, by name. */
export type SigningKeys = Readonly<Record<string, SigningKey>>;

/** Keys of the local run without `--stack`. */
export type Signing = { [P in CodedProvider]: SigningKey<P> } & { example: SigningKey<"described"> };

/** Values of the sources' secrets: what the receiver verifies with. */
export type SecretValues = Record<LocalSource, object>;

/** Creates a key for every source of the local run without `--stack`. */
export async function createSigning(urls: Record<LocalSource, string>): Promise<{ signing: Signing; secrets: SecretValues }> {
  const keys = await createKeys(localSources.map(describeSource), urls);
  const secrets = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, secretOf(key)])) as SecretValues;
  return { signing: keys as Signing, secrets };
}

/** Creates a key for each source. Keys are stored in the local AWS and in the run's folder alone. */
export async function createKeys(sources: readonly SourceDescription[], urls: Readonly<Record<string, string>>): Promise<SigningKeys> {
  return Object.fromEntries(await Promise.all(sources.map(async (source) => [source.name, await createKey(source, urls[source.name])])));
}

/**
 * Creates a key for one source.
 * @param url the source's own, which some providers sign
 */
export async function createKey(source: SourceDescription, url: string): Promise<SigningKey> {
  const provider = implementationOf(source);
  const text = () => randomBytes(24).toString("base64url");
  switch (provider) {
    case "stripe":
      return { provider, secret: `whsec_${text()}` };
    case "square":
      return { provider, signatureKey: text(), notificationUrl: url };
    case "paypal": {
      const certUrl = "https://api.paypal.com/v1/notifications/certs/CERT-LOCAL";
      return {
        provider,
        webhookId: randomBytes(9).toString("hex").toUpperCase(),
        certUrl,
        ...(await createCertificate("CN=messageverificationcerts.local")),
      };
    }
    case "github":
    case "shopify":
      return { provider, secret: text() };
    case "slack":
      return { provider, signingSecret: randomBytes(16).toString("hex") };
    case "twilio":
      return { provider, authToken: randomBytes(16).toString("hex"), url };
    case "adyen":
      return { provider, hmacKey: randomBytes(32).toString("hex").toUpperCase() };
    case "standard-webhooks":
      return { provider, secret: `whsec_${randomBytes(24).toString("base64")}` };
    case "described":
      return { provider, ...(await createKeyOfDescription(source.description!, url)) };
  }
}

async function createKeyOfDescription(description: ProviderDescription, url: string): Promise<DescribedKey> {
  const { verify } = description;
  if (verify.scheme !== "aws-sns") return createDescribedKey({ ...description, verify }, url);
  return { description, topicArn: localTopicArn, ...(await createCertificate("CN=sns.local")) };
}

/** Returns the value of a source's secret, in the form that `webhook-pipeline secrets` writes. */
export function secretOf(key: SigningKey): object {
  if (key.provider === "paypal") return { webhookId: key.webhookId, certificate: key.certificate };
  const own = ["provider", "description", "privateKey"];
  return Object.fromEntries(Object.entries(key).filter(([field]) => !own.includes(field)));
}

/** Creates a self-signed certificate, such as PayPal's, with its private key; both PEM, valid for thirty days. */
async function createCertificate(name: string): Promise<{ privateKey: string; certificate: string }> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const day = 24 * 60 * 60 * 1000;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(false)],
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }) as string;
  return { privateKey, certificate: certificate.toString("pem") };
}
