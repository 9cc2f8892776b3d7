import "reflect-metadata";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { createHash, createHmac, createSign, KeyObject, randomBytes, randomUUID, webcrypto } from "node:crypto";
import { crc32 } from "node:zlib";
import { exampleHmac, type LocalSource } from "./sources";

/** What each source signs with. */
export interface Signing {
  stripe: { secret: string };
  square: { signatureKey: string; notificationUrl: string };
  /** `privateKey` is PEM. */
  paypal: { webhookId: string; certUrl: string; privateKey: string };
  github: { secret: string };
  shopify: { secret: string };
  slack: { signingSecret: string };
  twilio: { authToken: string; url: string };
  adyen: { hmacKey: string; username?: string; password?: string };
  "standard-webhooks": { secret: string };
  example: { secret: string; encoding?: "hex" | "base64" };
}

/** What the receiver verifies with, in the form of each source's secret. */
export type SecretValues = Record<LocalSource, object>;

/** New keys for every source: nothing of them is ever stored but in the local AWS and in `.local/pipeline.json`. */
export async function createSigning(urls: Record<LocalSource, string>): Promise<{ signing: Signing; secrets: SecretValues }> {
  const { privateKey, certificate } = await createCertificate();
  const text = () => randomBytes(24).toString("base64url");
  const signing: Signing = {
    stripe: { secret: `whsec_${text()}` },
    square: { signatureKey: text(), notificationUrl: urls.square },
    paypal: {
      webhookId: randomBytes(9).toString("hex").toUpperCase(),
      certUrl: "https://api.paypal.com/v1/notifications/certs/CERT-LOCAL",
      privateKey,
    },
    github: { secret: text() },
    shopify: { secret: text() },
    slack: { signingSecret: randomBytes(16).toString("hex") },
    twilio: { authToken: randomBytes(16).toString("hex"), url: urls.twilio },
    adyen: { hmacKey: randomBytes(32).toString("hex").toUpperCase() },
    "standard-webhooks": { secret: `whsec_${randomBytes(24).toString("base64")}` },
    example: { secret: text() },
  };
  return { signing, secrets: { ...signing, paypal: { webhookId: signing.paypal.webhookId, certificate } } };
}

/** A certificate as PayPal has one, signed by nobody but itself, with its private key; both PEM, valid for thirty days. */
async function createCertificate(): Promise<{ privateKey: string; certificate: string }> {
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

/**
 * The headers with which a source would send this body now.
 * @param body sealed, if the source is Adyen
 */
export function sign(source: LocalSource, body: Buffer, signing: Signing, now = new Date()): Record<string, string> {
  return { "content-type": "application/json", ...signers[source](body, signing, now) };
}

/** An id that each delivery of an event has, as GitHub and Shopify have one: the same for the same body. */
function deliveryId(body: Buffer): string {
  const hex = createHash("sha256").update(body).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

const seconds = (now: Date) => String(Math.floor(now.getTime() / 1000));

const signers: Record<LocalSource, (body: Buffer, signing: Signing, now: Date) => Record<string, string>> = {
  stripe: (body, { stripe }, now) => {
    const mac = createHmac("sha256", stripe.secret)
      .update(`${seconds(now)}.`)
      .update(body)
      .digest("hex");
    return { "stripe-signature": `t=${seconds(now)},v1=${mac}` };
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
  github: (body, { github }) => ({
    "x-github-event": "issues",
    "x-github-delivery": deliveryId(body),
    "x-hub-signature-256": `sha256=${createHmac("sha256", github.secret).update(body).digest("hex")}`,
  }),
  shopify: (body, { shopify }, now) => ({
    "x-shopify-topic": "orders/paid",
    "x-shopify-shop-domain": "example.myshopify.com",
    "x-shopify-webhook-id": randomUUID(),
    "x-shopify-event-id": deliveryId(body),
    "x-shopify-triggered-at": now.toISOString(),
    "x-shopify-hmac-sha256": createHmac("sha256", shopify.secret).update(body).digest("base64"),
  }),
  slack: (body, { slack }, now) => ({
    "x-slack-request-timestamp": seconds(now),
    "x-slack-signature": `v0=${createHmac("sha256", slack.signingSecret)
      .update(`v0:${seconds(now)}:`)
      .update(body)
      .digest("hex")}`,
  }),
  twilio: (body, { twilio }) => {
    const mac = createHmac("sha1", twilio.authToken).update(twilio.url);
    const fields = [...new URLSearchParams(body.toString())].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, value] of fields) mac.update(name).update(value);
    return { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": mac.digest("base64") };
  },
  /** Each item is signed within. */
  adyen: (_body, { adyen: { username, password } }): Record<string, string> => {
    if (username === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
  },
  "standard-webhooks": (body, signing, now) => {
    const id = `msg_${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;
    const key = Buffer.from(signing["standard-webhooks"].secret.slice("whsec_".length), "base64");
    const mac = createHmac("sha256", key)
      .update(`${id}.${seconds(now)}.`)
      .update(body)
      .digest("base64");
    return { "webhook-id": id, "webhook-timestamp": seconds(now), "webhook-signature": `v1,${mac}` };
  },
  example: (body, { example }, now) => {
    const { header, prefix, timestampHeader } = exampleHmac;
    const mac = createHmac("sha256", Buffer.from(example.secret, example.encoding ?? "utf8"))
      .update(`${seconds(now)}.`)
      .update(body)
      .digest("hex");
    return { [timestampHeader]: seconds(now), [header]: `${prefix}${mac}` };
  },
};

interface NotificationItem {
  NotificationRequestItem: Record<string, unknown> & {
    amount: { value: number; currency: string };
    additionalData?: Record<string, string>;
  };
}

/** A body as its source would send it: Adyen signs each item inside, unless it is signed already; the others sign around it. */
export function seal(source: LocalSource, body: Buffer, { adyen }: Signing): Buffer {
  const notification = source === "adyen" ? notificationOf(body) : undefined;
  if (!notification) return body;
  for (const { NotificationRequestItem: item } of notification.notificationItems) {
    const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = item;
    const fields = [
      pspReference,
      originalReference,
      merchantAccountCode,
      merchantReference,
      amount.value,
      amount.currency,
      eventCode,
      success,
    ];
    const hmacSignature = createHmac("sha256", Buffer.from(adyen.hmacKey, "hex")).update(fields.join(":")).digest("base64");
    item.additionalData = { hmacSignature, ...item.additionalData };
  }
  return Buffer.from(JSON.stringify(notification));
}

/** @returns `undefined` for a body that is none: it is sent as it is */
function notificationOf(body: Buffer): { notificationItems: NotificationItem[] } | undefined {
  try {
    const value = JSON.parse(body.toString()) as { notificationItems?: NotificationItem[] };
    return value.notificationItems?.every(({ NotificationRequestItem: item }) => item.amount) ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
