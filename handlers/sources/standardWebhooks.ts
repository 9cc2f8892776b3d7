import { verify as verifySignature } from "node:crypto";
import * as z from "zod/mini";
import { bounds } from "../request/bounds";
import { Refusal } from "../errors";
import { textAt, timeAt } from "./lib/fields";
import { hmac, matchesAny, requireEntries, requireFresh, requireHeader, parseSeconds } from "./lib/signature";
import { publicKeyOf } from "./lib/publicKey";
import type { Provider } from "./lib/types";

const key = (prefix: string, bytes: RegExp) => z.string().check(z.regex(new RegExp(`^${prefix}${bytes.source}$`)));
const credential = z.union([
  /** Secret in base64 after `whsec_`, as the source shows it. */
  z.object({ secret: key("whsec_", /(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/).check(z.minLength(10)) }),
  /** Ed25519 key of 32 bytes in base64 after `whpk_`. */
  z.object({ publicKey: key("whpk_", /[A-Za-z0-9+/]{43}=/) }),
]);
type Credential = z.infer<typeof credential>;

/** Form of an entry in the signatures' header. */
const entryForm = /^[^,\s]+,[^,\s]+$/;

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standardWebhooks: Provider<Credential> = {
  mediaTypes: ["json"],
  /** The specification accepts any 2xx and recommends a timeout of 15 to 30 seconds. */
  acknowledgment: { status: 202, withinSeconds: 15 },
  storedHeaders: ["webhook-id", "webhook-timestamp", "svix-id", "svix-timestamp"],
  parseCredential: (value) => credential.parse(value),

  /**
   * `webhook-signature`: signatures separated by spaces, `v1,<base64>` by HMAC-SHA256 and `v1a,<base64>` by Ed25519, over
   * `id.seconds.body`. During a rotation, there is one for each secret. Svix prefixes the headers with `svix-` instead of `webhook-`.
   */
  verify({ headers, body }, credentials, now) {
    const { id, timestamp, signature } = signedHeaders(headers);
    const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
    const given = requireEntries(signature, " ", entryForm).slice(0, bounds.signatures);
    const matches = credentials.map((one) =>
      "secret" in one
        ? matchesAny([`v1,${hmac("sha256", keyOf(one.secret), "base64", signed)}`], given)
        : signedBy(one.publicKey, signed, given),
    );
    if (!matches.includes(true)) throw new Refusal("signature", "mismatch");
    requireFresh(parseSeconds(timestamp), now);
  },

  identify(event, { headers }) {
    return {
      eventId: signedHeaders(headers).id,
      // GitLab's pushes and pipelines have `object_kind` alone.
      eventType: textAt(event, "type") ?? textAt(event, "event_type") ?? textAt(event, "object_kind") ?? "unknown",
      occurredAt: timeAt(event, "timestamp", "seconds") ?? timeAt(event, "created_at", "seconds"),
    };
  },
};

function signedHeaders(headers: Readonly<Record<string, string>>) {
  const prefix = "webhook-id" in headers ? "webhook" : "svix";
  const field = (name: string) => requireHeader(headers, `${prefix}-${name}`);
  return { id: field("id"), timestamp: field("timestamp"), signature: field("signature") };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice("whsec_".length), "base64");
}

function signedBy(publicKey: string, signed: Buffer, given: readonly string[]): boolean {
  const signatures = given.flatMap((one) => (one.startsWith("v1a,") ? [canonicalBase64(one.slice("v1a,".length))] : []));
  const key = publicKeyOf("ed25519", "base64", publicKey.slice("whpk_".length));
  return signatures
    .filter(({ length }) => length === ed25519SignatureBytes)
    .map((one) => verifySignature(null, signed, key, one))
    .includes(true);
}

/** @see https://www.rfc-editor.org/rfc/rfc8032#section-5.1.6 */
const ed25519SignatureBytes = 64;

/** Decodes canonical base64; returns no bytes for any other text. */
function canonicalBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : Buffer.alloc(0);
}
