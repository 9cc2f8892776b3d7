import { createHash, createHmac, createSign, randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Implementation } from "../../domain/sources";
import { sealNotification } from "./adyen";
import { sealDescribed, signAsDescribed } from "./described";
import type { SigningKey, SigningKeys } from "./keys";

export { createKey, createKeys, createSigning, secretOf } from "./keys";
export type { SecretValues, Signing, SigningKey, SigningKeys } from "./keys";

/**
 * Returns the headers that a source sends with this body.
 * @param source name of the source
 * @param body sealed, if the source's provider is Adyen
 */
export function sign(source: string, body: Buffer, keys: SigningKeys, now = new Date()): Record<string, string> {
  const key = keys[source];
  const signer = signers[key.provider] as Signer<Implementation>;
  return { "content-type": "application/json", ...signer(body, key, now) };
}

/** Returns a body as its source sends it: Adyen signs each item within the body, the other providers sign in headers. */
export function seal(source: string, body: Buffer, keys: SigningKeys): Buffer {
  const key = keys[source];
  if (key.provider === "adyen") return sealNotification(body, key.hmacKey);
  return key.provider === "described" ? sealDescribed(body, key) : body;
}

/** Returns an ID such as GitHub and Shopify give each delivery, the same for the same body. */
function deliveryId(body: Buffer): string {
  const hex = createHash("sha256").update(body).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** Returns an event's ID for a header, the same for the same body. */
const eventId = (body: Buffer) => `msg_${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;

const seconds = (now: Date) => String(Math.floor(now.getTime() / 1000));

function mac(algorithm: string, key: string | Buffer, ...parts: (string | Buffer)[]) {
  const hmac = createHmac(algorithm, key);
  for (const part of parts) hmac.update(part);
  return hmac;
}

type Signer<P extends Implementation> = (body: Buffer, key: SigningKey<P>, now: Date) => Record<string, string>;

const signers: { [P in Implementation]: Signer<P> } = {
  stripe: (body, { secret }, now) => {
    const signature = mac("sha256", secret, `${seconds(now)}.`, body).digest("hex");
    return { "stripe-signature": `t=${seconds(now)},v1=${signature}` };
  },
  square: (body, { signatureKey, notificationUrl }) => ({
    "x-square-hmacsha256-signature": mac("sha256", signatureKey, notificationUrl, body).digest("base64"),
  }),
  paypal: (body, { webhookId, privateKey, certUrl }, now) => {
    const id = randomUUID();
    const time = now.toISOString();
    const signature = createSign("RSA-SHA256")
      .update(`${id}|${time}|${webhookId}|${crc32(body)}`)
      .sign(privateKey, "base64");
    return {
      "paypal-transmission-id": id,
      "paypal-transmission-time": time,
      "paypal-transmission-sig": signature,
      "paypal-cert-url": certUrl,
      "paypal-auth-algo": "SHA256withRSA",
    };
  },
  github: (body, { secret }) => ({
    "x-github-event": "issues",
    "x-github-delivery": deliveryId(body),
    "x-hub-signature-256": `sha256=${mac("sha256", secret, body).digest("hex")}`,
  }),
  shopify: (body, { secret }, now) => ({
    "x-shopify-topic": "orders/paid",
    "x-shopify-shop-domain": "example.myshopify.com",
    "x-shopify-webhook-id": randomUUID(),
    "x-shopify-event-id": deliveryId(body),
    "x-shopify-triggered-at": now.toISOString(),
    "x-shopify-hmac-sha256": mac("sha256", secret, body).digest("base64"),
  }),
  slack: (body, { signingSecret }, now) => ({
    "x-slack-request-timestamp": seconds(now),
    "x-slack-signature": `v0=${mac("sha256", signingSecret, `v0:${seconds(now)}:`, body).digest("hex")}`,
  }),
  twilio: (body, { authToken, url }) => {
    const fields = [...new URLSearchParams(body.toString())].sort(([a], [b]) => (a < b ? -1 : 1));
    const signature = mac("sha1", authToken, url, fields.flat().join("")).digest("base64");
    return { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature };
  },
  /** Each item is signed within the body. */
  adyen: (_body, { username, password }): Record<string, string> => {
    if (username === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
  },
  "standard-webhooks": (body, { secret }, now) => {
    const id = eventId(body);
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signature = mac("sha256", key, `${id}.${seconds(now)}.`, body).digest("base64");
    return { "webhook-id": id, "webhook-timestamp": seconds(now), "webhook-signature": `v1,${signature}` };
  },
  described: (body, key, now) => signAsDescribed(body, key, now),
};
