import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { signatureHeaders } from "../../domain/sources";
import { requireSmallForm } from "../request/bounds";
import type { Json } from "../request/json";
import { Refusal } from "../errors";
import type { WebhookRequest } from "../request/request";
import { textAt } from "./lib/fields";
import { identityDigest, hmac, requireAny, requireHeader } from "./lib/signature";
import { noPayment, unknownOrigin, type Provider } from "./lib/types";

const credential = z.object({
  authToken: z.string().check(z.minLength(1)),
  /** The URL exactly as it is registered at Twilio, with its query if it has one: it is part of what is signed. */
  url: z.url(),
});
type Credential = z.infer<typeof credential>;

/** @see https://www.twilio.com/docs/usage/security#validating-requests */
export const twilio: Provider<Credential> = {
  mediaTypes: ["form", "json"],
  /** An empty TwiML document: a call or message whose webhook gets JSON is an error to Twilio, a status callback takes anything.
   * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
  acknowledgement: { status: 200, body: { contentType: "text/xml", text: "<Response/>" }, withinSeconds: 15 },
  storedHeaders: ["i-twilio-idempotency-token"],
  parseCredential: (value) => credential.parse(value),

  /**
   * `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL, then each field's name and value in the order of the names. Of JSON,
   * the URL has the body's SHA-256 as its last parameter, and no field is signed. The scheme signs no time.
   */
  verify(request, credentials) {
    const given = requireHeader(request.headers, signatureHeaders.twilio[0]);
    if (request.mediaType === "form") requireSmallForm(request.body);
    if (looksLikeJson(request)) throw new Refusal("signature", "mismatch");
    const expected = credentials.map(({ authToken, url }) => hmac("sha1", authToken, "base64", ...signedParts(url, request)));
    requireAny(expected, [given]);
  },

  /**
   * A message's or call's id is the same at each of its states: the digest is over all fields. It is over their text as one, as that is
   * signed: where a name ends and its value begins is not, and whoever moves that has the same event. A caller may press the same key
   * twice: the token, which a retry keeps, tells such requests apart. It is not signed, and without it the rest counts.
   * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
   */
  identify(event, { headers, body, mediaType }) {
    const signed = mediaType === "form" ? signedFields(body) : body;
    return {
      eventId: identityDigest(headers["i-twilio-idempotency-token"] ?? "", signed),
      eventType: typeOf(event),
      occurredAt: undefined,
    };
  },

  /** Where a field ends is not signed: what counts is an id in the one form that Twilio's have, in the field that is signed first.
   * @see https://www.twilio.com/docs/glossary/what-is-a-sid */
  originOf(event) {
    const account = textAt(event, "AccountSid");
    return { ...unknownOrigin, account: account && /^AC[0-9a-f]{32}$/i.test(account) ? account : undefined };
  },

  normalize: () => noPayment,
};

/** A form with a field of this name would have the signature of JSON: the same text is signed. */
function looksLikeJson({ body, mediaType }: WebhookRequest): boolean {
  return mediaType === "form" && /^[?&]bodySHA256=[0-9a-f]{64}$/.test(signedFields(body));
}

function signedParts(url: string, { body, mediaType }: WebhookRequest): string[] {
  if (mediaType === "form") return [url, signedFields(body)];
  const digest = createHash("sha256").update(body).digest("hex");
  return [`${url}${url.includes("?") ? "&" : "?"}bodySHA256=${digest}`];
}

/** Names and values in the order of the names. A field that is there several times counts once with each of its values, in their order. */
function signedFields(body: Buffer): string {
  const valuesByName = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(body.toString("utf8")))
    valuesByName.set(name, (valuesByName.get(name) ?? new Set()).add(value));
  const names = [...valuesByName.keys()].sort();
  return names.flatMap((name) => [...valuesByName.get(name)!].sort().map((value) => `${name}${value}`)).join("");
}

/** What a callback is about has no name of its own: the state that it reports stands for it. */
function typeOf(event: Json): string {
  for (const [kind, field] of [
    ["message", "MessageStatus"],
    ["message", "SmsStatus"],
    ["call", "CallStatus"],
  ]) {
    const state = textAt(event, field);
    if (state) return `${kind}.${state}`;
  }
  return textAt(event, "EventType") ?? textAt(event, 0, "type") ?? "unknown";
}
