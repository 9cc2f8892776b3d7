import * as z from "zod/mini";
import type { AmountRule, Condition } from "../../domain/meaning";
import { signatureHeaders } from "../../domain/sources";
import { parseBody } from "../request/body";
import { bounds, requireSmallBody } from "../request/bounds";
import { numberText, type Json } from "../request/json";
import { Refusal } from "../errors";
import type { WebhookRequest } from "../request/request";
import { at, textAt, timeAt } from "./lib/fields";
import type { CodedMeanings } from "./lib/meaning";
import { identityDigest, hmac, matchesAny, requireHeader } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({
  /** HMAC key in hexadecimal, as Adyen shows it. */
  hmacKey: z.string().check(z.regex(/^([0-9A-Fa-f]{2})+$/)),
  /** Basic authentication, if it is enabled at Adyen. Then both it and a signature are required. */
  username: z.optional(z.string().check(z.minLength(1))),
  password: z.optional(z.string()),
});
type Credential = z.infer<typeof credential>;

/**
 * Exponents of currencies that Adyen counts in other units than ISO 4217.
 * @see https://docs.adyen.com/development-resources/currency-codes
 */
const ownExponents: Readonly<Record<string, number>> = { clp: 2, cve: 0, idr: 0, isk: 2 };

/** Header with the signature of a whole body. */
const bodySignature = signatureHeaders.adyen[0];

/**
 * Adyen. Payments are sent as notification items, each with its own signature over eight of its fields; the pipeline uses no other fields
 * of an item. Adyen for Platforms signs the whole body in a header.
 * @see https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 */
export const adyen: Provider<Credential> = {
  mediaTypes: ["json"],
  /** @see https://docs.adyen.com/development-resources/webhooks/handle-webhook-events#accept-webhooks */
  acknowledgment: { status: 200, body: { contentType: "text/plain", text: "[accepted]" }, withinSeconds: 10 },
  storedHeaders: [],
  itemsPath: ["notificationItems"],
  parseCredential: (value) => credential.parse(value),

  /** A body that is signed as a whole is verified before it is parsed. Any other must be small. */
  verify(request, credentials) {
    const passing = credentials.filter((one) => mayPass(one, request));
    const proven = request.headers[bodySignature] !== undefined && passing.some((one) => signedBody(request, one));
    if (!proven) requireSmallBody(request.body);
    const items = itemsOf(parseBody(request.body, request.mediaType));
    if (!items) requireHeader(request.headers, bodySignature);
    if (items && items.length > bounds.items) throw new Refusal("too_large", "unproven number of items");
    const matches = items ? items.every(hasOneReading) && passing.some((one) => items.every((item) => signedItem(item, one))) : proven;
    if (!matches) throw new Refusal("signature", "mismatch");
  },

  /**
   * Adyen detects duplicates by reference and code, which two accounts may share: daily reports have the same file name. So the ID is a
   * digest of everything signed.
   * @see https://docs.adyen.com/development-resources/webhooks/handle-webhook-events
   */
  identify(event, { body }) {
    const items = itemsOf(event);
    if (!items) {
      // `eventType` and `eventDate` in Classic Platforms.
      const occurredAt = timeAt(event, "timestamp") ?? timeAt(event, "createdAt") ?? timeAt(event, "eventDate");
      return { eventId: identityDigest(body), eventType: textAt(event, "type") ?? textAt(event, "eventType") ?? "unknown", occurredAt };
    }
    const eventId = identityDigest(...items.map(signedFields));
    const [reference, code] = [textAt(items[0], "pspReference"), textAt(items[0], "eventCode")];
    return reference && code ? { eventId, eventType: code, occurredAt: undefined } : undefined;
  },

  /**
   * In items, the account is signed and `live` is not. A key belongs to one mode, so changing `live` cannot turn a test into a live event.
   * In a body that is signed as a whole, `environment` is signed; in one of Classic Platforms, `live`.
   * @see https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
   * @see https://docs.adyen.com/platforms/webhook-types
   */
  originOf(event) {
    const items = itemsOf(event);
    if (!items) return { test: at(event, "environment") === "test" || plainAt(event, "live") === "false", account: undefined };
    const [account, ...others] = new Set(items.map((item) => textAt(item, "merchantAccountCode")));
    return { test: plainAt(event, "live") === "false", account: others.length === 0 ? account : undefined };
  },
};

/** Returns the items of a body; `undefined` if it has none. @returns `undefined` if the body is not made of items. */
function itemsOf(event: Json | undefined): Json[] | undefined {
  const items = at(event, "notificationItems");
  if (!Array.isArray(items) || items.length === 0) return undefined;
  return items.map((item) => at(item, "NotificationRequestItem") as Json);
}

/** Path of the merchant's own text, one of the signed fields. */
const merchantReference = ["merchantReference"];
const signedPaths = [
  ["pspReference"],
  ["originalReference"],
  ["merchantAccountCode"],
  merchantReference,
  ["amount", "value"],
  ["amount", "currency"],
  ["eventCode"],
  ["success"],
];

function signedFields(item: Json): string {
  return signedPaths.map((path) => plainAt(item, ...path)).join(":");
}

/**
 * Tells whether the signed text can be read in only one way. Only the merchant's own text may contain colons, so no field border can move.
 * The text ends with an outcome, so it is never the signed body of a platform. The amount must be a number, because a text would be signed
 * alike.
 */
function hasOneReading(item: Json): boolean {
  const hasColon = (path: readonly string[]) => plainAt(item, ...path).includes(":");
  const isOutcome = ["true", "false"].includes(plainAt(item, "success"));
  return (
    isOutcome &&
    typeof at(item, "amount", "value") !== "string" &&
    !signedPaths.some((path) => path !== merchantReference && hasColon(path))
  );
}

/** Returns a field as it is signed, a number with all its digits. Other types are signed as an empty text. */
function plainAt(item: Json, ...path: string[]): string {
  const field = at(item, ...path);
  return typeof field === "string" || typeof field === "boolean" ? String(field) : (numberText(field) ?? "");
}

function signedItem(item: Json, { hmacKey }: Credential): boolean {
  const given = textAt(item, "additionalData", "hmacSignature") ?? "";
  return matchesAny([hmac("sha256", Buffer.from(hmacKey, "hex"), "base64", signedFields(item))], [given]);
}

function signedBody({ headers, body }: WebhookRequest, { hmacKey }: Credential): boolean {
  return matchesAny([hmac("sha256", Buffer.from(hmacKey, "hex"), "base64", body)], [headers[bodySignature]]);
}

function mayPass({ username, password }: Credential, { headers }: WebhookRequest): boolean {
  if (username === undefined) return true;
  const expected = `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
  return matchesAny([expected], [headers.authorization ?? ""]);
}

const item = "notificationItems.0.NotificationRequestItem";
const amount: AmountRule = { value: `${item}.amount.value`, currency: `${item}.amount.currency`, unit: "minor" };
const succeeded: Condition = { path: `${item}.success`, is: ["true", true] };
const types = "https://docs.adyen.com/development-resources/webhooks/webhook-types";
/**
 * An authorization is no payment: Adyen reports the capture, unless it captures by itself. `CANCEL_OR_REFUND` is `other`, because no signed
 * field says which of the two it was.
 * @see https://docs.adyen.com/development-resources/webhooks/webhook-types
 */
export const adyenMeanings: CodedMeanings = {
  payment: [`${item}.originalReference`, `${item}.pspReference`],
  exponents: ownExponents,
  rows: [
    { types: ["AUTHORISATION"], when: [succeeded], kind: "payment.authorized", amount, documentation: types },
    {
      types: ["AUTHORISATION", "CAPTURE"],
      when: [{ path: `${item}.success`, is: ["false", false] }],
      kind: "payment.failed",
      amount,
      documentation: types,
    },
    { types: ["CAPTURE"], when: [succeeded], kind: "payment.succeeded", amount, documentation: types },
    { types: ["CAPTURE_FAILED"], when: [succeeded], kind: "payment.failed", amount, documentation: types },
    { types: ["CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE"], when: [succeeded], kind: "payment.canceled", amount, documentation: types },
    { types: ["REFUND", "REFUND_WITH_DATA"], when: [succeeded], kind: "refund", amount, documentation: types },
    {
      types: ["REFUND", "REFUND_WITH_DATA"],
      when: [{ path: `${item}.success`, is: ["false", false] }],
      kind: "refund.failed",
      amount,
      documentation: types,
    },
    { types: ["REFUND_FAILED", "REFUNDED_REVERSED"], when: [succeeded], kind: "refund.failed", amount, documentation: types },
    {
      types: [
        "REQUEST_FOR_INFORMATION",
        "NOTIFICATION_OF_CHARGEBACK",
        "CHARGEBACK",
        "SECOND_CHARGEBACK",
        "CHARGEBACK_REVERSED",
        "INFORMATION_SUPPLIED",
        "ISSUER_COMMENTS",
        "DISPUTE_DEFENSE_PERIOD_ENDED",
        "ISSUER_RESPONSE_TIMEFRAME_EXPIRED",
        "PREARBITRATION_*",
        "SCHEME_ARBITRATION*",
      ],
      when: [succeeded],
      kind: "dispute",
      amount,
      documentation: "https://docs.adyen.com/risk-management/disputes-api/dispute-notifications",
    },
    { types: ["PAYOUT_THIRDPARTY"], when: [succeeded], kind: "payout", amount, documentation: types },
    { types: ["*"], kind: "other", documentation: types },
  ],
};
