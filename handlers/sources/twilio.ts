import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { signatureHeaders } from "../../domain/sources";
import { requireSmallForm } from "../request/bounds";
import type { Json } from "../request/json";
import { Refusal } from "../errors";
import type { Parameter, WebhookRequest } from "../request/request";
import { textAt, timeAt } from "./lib/fields";
import { identityDigest, hmac, requireAny, requireHeader } from "./lib/signature";
import { unknownOrigin, type Provider } from "./lib/types";

const credential = z.object({
  authToken: z.string().check(z.minLength(1)),
  /** URL as registered at Twilio. It is part of the signed text, with its query, or with that of the request. */
  url: z.url(),
});
type Credential = z.infer<typeof credential>;

/** @see https://www.twilio.com/docs/usage/security#validating-requests */
export const twilio: Provider<Credential> = {
  mediaTypes: ["form", "json"],
  /**
   * The answer is an empty TwiML document. For a call or a message, JSON would be an error to Twilio; a status callback accepts anything.
   * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
   */
  acknowledgment: { status: 200, body: { contentType: "text/xml", text: "<Response/>" }, withinSeconds: 15 },
  storedHeaders: ["i-twilio-idempotency-token"],
  /** Event Streams sends JSON: an array, whose events have IDs of their own. */
  itemsPath: [],
  parseCredential: (value) => credential.parse(value),

  /**
   * `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL, then each field's name and value, sorted by name. For JSON, the URL's last
   * parameter is the body's SHA-256, and no field is signed. The scheme signs no time.
   */
  verify(request, credentials) {
    const given = requireHeader(request.headers, signatureHeaders.twilio[0]);
    if (request.mediaType === "form") requireSmallForm(request.body);
    if (looksLikeJson(request)) throw new Refusal("signature", "mismatch");
    const { body, mediaType, parameters } = request;
    const fields = mediaType === "form" ? signedFields(body) : undefined;
    const digest = fields === undefined ? createHash("sha256").update(body).digest("hex") : "";
    const signedParts = (url: string) =>
      fields === undefined ? [`${url}${url.includes("?") ? "&" : "?"}bodySHA256=${digest}`] : [url, fields];
    const expected = credentials.flatMap(({ authToken, url }) =>
      signedUrls(url, parameters).map((one) => hmac("sha1", authToken, "base64", ...signedParts(one))),
    );
    requireAny(expected, [given]);
  },

  /**
   * A message or call keeps its ID through all its states, so the ID is a digest of all fields. The digest covers their concatenated text,
   * as the signature does: the border between a name and its value is not signed, and moving it gives the same event. A caller may press
   * the same key twice. The idempotency token, which a retry keeps, distinguishes such requests. It is not signed; without it, the fields
   * count. An event of Event Streams has its own ID and time.
   * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
   * @see https://www.twilio.com/docs/events
   */
  identify(event, { headers, body, mediaType }) {
    const signed = mediaType === "form" ? signedFields(body) : body;
    return {
      eventId: textAt(event, 0, "id") ?? identityDigest(headers["i-twilio-idempotency-token"] ?? "", signed),
      eventType: typeOf(event),
      occurredAt: timeAt(event, "0.time"),
    };
  },

  /**
   * The end of a field is not signed, so only an ID in the form of Twilio's, in the field that is signed first, counts.
   * @see https://www.twilio.com/docs/glossary/what-is-a-sid
   */
  originOf(event) {
    const account = textAt(event, "AccountSid");
    return { ...unknownOrigin, account: account && /^AC[0-9a-f]{32}$/i.test(account) ? account : undefined };
  },
};

/** Tells whether a form's signed text is that of a JSON body: a field of this name would give the form JSON's signature. */
function looksLikeJson({ body, mediaType }: WebhookRequest): boolean {
  return mediaType === "form" && /^[?&]bodySHA256=[0-9a-f]{64}$/.test(signedFields(body));
}

/**
 * Lists the URLs that Twilio may have signed: as registered, or with the request's own query, which may differ for each message; with the
 * port or without it, as Twilio's library tries both. Twilio signs the query as it is written. API Gateway decodes it and may sort it, so it
 * is written again in each usual way: at most 50 URLs, all of which mean the same query. The fragment overrides settings of the connection.
 * It is not sent.
 * @see https://www.twilio.com/docs/usage/security#validating-requests
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
function signedUrls(registered: string, parameters: readonly Parameter[]): string[] {
  const [sent] = registered.split("#", 1);
  const [base, ownQuery = ""] = sent.split("?", 2);
  // For JSON, Twilio adds the digest of the body, which is checked apart.
  const pairs = parameters.filter(([name]) => name !== "bodySHA256");
  const inOwnOrder = [...new URLSearchParams(ownQuery).keys()];
  const place = ([name]: Parameter) => (inOwnOrder.includes(name) ? inOwnOrder.indexOf(name) : inOwnOrder.length);
  const orders = [
    pairs,
    [...pairs].sort((one, other) => place(one) - place(other)),
    [...pairs].sort(([one], [other]) => (one < other ? -1 : 1)),
  ];
  const written = orders.flatMap((order) =>
    encodings.flatMap((encode) =>
      ["=", ""].map((afterFlag) =>
        order.map(([name, value]) => `${encode(name)}${value === "" ? afterFlag : "="}${encode(value)}`).join("&"),
      ),
    ),
  );
  const own = pairs.length === 0 ? [] : written.map((query) => `${base}?${query}`);
  return [...new Set([registered, sent, ...own].flatMap((url) => [url, withOtherPort(url)]))];
}

/** Writes a space as `+`. */
const asForm = (text: string) => text.replaceAll("%20", "+");

/**
 * Leaves the characters as they are that a query may have.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-3.4
 */
const asQuery = (text: string) => encodeURIComponent(text).replace(/%(3A|40|2F|3F|24|2C|3B)/g, decodeURIComponent);

/** The usual ways to write a name or value of a query. */
const encodings: readonly ((text: string) => string)[] = [
  encodeURIComponent,
  (text) => asForm(encodeURIComponent(text)),
  asQuery,
  (text) => asForm(asQuery(text)),
];

/** Removes the port of a URL, or adds that of its scheme. */
function withOtherPort(url: string): string {
  const [, scheme, host, port, rest] = /^(https?):\/\/([^/:?]+)(:\d+)?(.*)$/i.exec(url) ?? [];
  if (scheme === undefined) return url;
  return `${scheme}://${host}${port === undefined ? (scheme.toLowerCase() === "https" ? ":443" : ":80") : ""}${rest}`;
}

/** Returns names and values, sorted by name. A repeated field counts once with each of its values, sorted. */
function signedFields(body: Buffer): string {
  const valuesByName = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(body.toString("utf8")))
    valuesByName.set(name, (valuesByName.get(name) ?? new Set()).add(value));
  const names = [...valuesByName.keys()].sort();
  return names.flatMap((name) => [...valuesByName.get(name)!].sort().map((value) => `${name}${value}`)).join("");
}

/** Returns the type of an event. A callback has none, so the reported state replaces it. */
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
