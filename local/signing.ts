import "reflect-metadata";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { createHmac, createSign, KeyObject, randomBytes, randomUUID, webcrypto } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ProviderName } from "../contract";

/** What each sender signs with. */
export interface Signing {
  stripe: { secret: string };
  square: { signatureKey: string; notificationUrl: string };
  /** `privateKey` is PEM. */
  paypal: { webhookId: string; certUrl: string; privateKey: string };
}

/** What the receiver verifies with, in the form of each provider's secret. */
export type SecretValues = Record<ProviderName, object>;

/** New keys for every sender: nothing of them is ever stored but in the local AWS and in `.local/pipeline.json`. */
export async function createSigning(urls: Record<ProviderName, string>): Promise<{ signing: Signing; secrets: SecretValues }> {
  const { privateKey, certificate } = await createCertificate();
  const signing: Signing = {
    stripe: { secret: `whsec_${randomBytes(24).toString("base64url")}` },
    square: { signatureKey: randomBytes(24).toString("base64url"), notificationUrl: urls.square },
    paypal: {
      webhookId: randomBytes(9).toString("hex").toUpperCase(),
      certUrl: "https://api.paypal.com/v1/notifications/certs/CERT-LOCAL",
      privateKey,
    },
  };
  return {
    signing,
    secrets: { stripe: signing.stripe, square: signing.square, paypal: { webhookId: signing.paypal.webhookId, certificate } },
  };
}

async function createCertificate() {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const day = 24 * 60 * 60 * 1000;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=messageverificationcerts.local",
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(false)],
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }) as string;
  return { privateKey, certificate: certificate.toString("pem") };
}

/** The headers with which a provider would send this body now. */
export function sign(provider: ProviderName, body: Buffer, signing: Signing, now = new Date()): Record<string, string> {
  return { "content-type": "application/json", ...signers[provider](body, signing, now) };
}

const signers: Record<ProviderName, (body: Buffer, signing: Signing, now: Date) => Record<string, string>> = {
  stripe: (body, { stripe }, now) => {
    const time = Math.floor(now.getTime() / 1000);
    const mac = createHmac("sha256", stripe.secret).update(`${time}.`).update(body).digest("hex");
    return { "stripe-signature": `t=${time},v1=${mac}` };
  },
  square: (body, { square }) => {
    const mac = createHmac("sha256", square.signatureKey).update(square.notificationUrl).update(body).digest("base64");
    return { "x-square-hmacsha256-signature": mac };
  },
  paypal: (body, { paypal }, now) => {
    const id = randomUUID();
    const time = now.toISOString();
    const signature = createSign("RSA-SHA256")
      .update(`${id}|${time}|${paypal.webhookId}|${crc32(body)}`)
      .sign(paypal.privateKey, "base64");
    return {
      "paypal-transmission-id": id,
      "paypal-transmission-time": time,
      "paypal-transmission-sig": signature,
      "paypal-cert-url": paypal.certUrl,
      "paypal-auth-algo": "SHA256withRSA",
    };
  },
};
