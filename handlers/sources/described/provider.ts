import { deliveryKey, signs, type ProviderDescription, type TypeRule } from "../../../domain/description";
import { confidentialHeaders } from "../../../domain/sources";
import { isOtherInForm, isOtherInText } from "../../request/body";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { at, timeAt } from "../lib/fields";
import { identityDigest } from "../lib/signature";
import type { Provider } from "../lib/types";
import { parseDescribedCredential, type Credential, type JwtCredential, type SnsCredential } from "./credential";
import { answerHandshake } from "./handshake";
import { verifyJwt } from "./jwt";
import { textAtPath } from "./places";
import { verifySns } from "./sns";
import { verifyDescribed } from "./verify";

/** Creates the provider that a description describes. The configuration has checked it. */
export function describedProvider(description: ProviderDescription): Provider<Credential> {
  const { mediaTypes, jsonField, readAs, answer, items, meanings, handshakes = [] } = description;
  const unsigned = handshakes.filter((one) => one.unsigned);
  const signed = handshakes.filter((one) => !one.unsigned);
  const itemsPath = items === undefined ? undefined : items === "" ? [] : items.split(".");
  /** Returns the one item of a delivery that the receiver has split, with the delivery as `$`; without items, the event itself. */
  const itemIn = (event: Json): Json => {
    if (itemsPath === undefined) return event;
    const found = at(event, ...itemsPath);
    return { ...(Array.isArray(found) && found.length === 1 ? (found[0] as Json) : event), [deliveryKey]: event };
  };
  return {
    mediaTypes,
    jsonField,
    readAs,
    acknowledgment: {
      status: answer?.status ?? 202,
      ...(answer?.body !== undefined && { body: { contentType: answer.contentType ?? "text/plain", text: answer.body } }),
      withinSeconds: undefined,
    },
    refusalBody: answer?.refusal,
    storedHeaders: headersOf(description),
    itemsPath,
    meanings,
    itemIn,
    answersHead: description.answersHead,
    parseCredential: (value) => parseDescribedCredential(description, value),
    verify: (request, credentials, now) => verifyBy(description, request, credentials, now),
    // Without one, the receiver parses no body before it is verified.
    answerUnsigned: unsigned.length === 0 ? undefined : (event, request) => answerHandshake(unsigned, event, request),
    answerTo: (event, request, credentials, now) =>
      answerHandshake(
        signed,
        event,
        request,
        "signed" in description.verify ? () => verifyDescribed(description, request, credentials, now) : undefined,
      ),

    identify(event, request, now = new Date()) {
      const { body, mediaType } = request;
      if (isOtherInForm(body, mediaType) || isOtherInText(body, mediaType, mediaTypes)) return undefined;
      const item = itemIn(event);
      return {
        eventId: idOf(description, item, request, now),
        eventType: typeOf(description.type, item, request) ?? "unknown",
        occurredAt: description.occurredAt && timeAt(item, description.occurredAt.path, description.occurredAt.unit),
      };
    },

    originOf(event) {
      const item = itemIn(event);
      const { test, account } = description;
      return {
        test: test !== undefined && at(item, ...test.path.split(".")) === test.is,
        account: account && textAtPath(item, account.path),
      };
    },
  };
}

/** Verifies a request by the description's scheme. @throws Refusal signature, unavailable */
function verifyBy(
  description: ProviderDescription,
  ...[request, credentials, now]: Parameters<Provider<Credential>["verify"]>
): Promise<void> | void {
  const { verify } = description;
  if (verify.scheme === "jwt") return verifyJwt(verify, request, credentials as readonly JwtCredential[], now);
  if (verify.scheme === "aws-sns") return verifySns(request, credentials as readonly SnsCredential[], now);
  verifyDescribed(description, request, credentials, now);
}

/** Returns the identity. Only what is signed identifies an event by itself; the ID of a delivery does not identify its items. */
function idOf(description: ProviderDescription, item: Json, { headers, body }: WebhookRequest, now: Date): string {
  const { identity, items } = description;
  if ("header" in identity) {
    const id = headers[identity.header];
    return signs(description, "id") && items === undefined ? id : identityDigest(id ?? "", body);
  }
  if ("digest" in identity && identity.windowSeconds !== undefined)
    return identityDigest(body, String(Math.floor(now.getTime() / 1_000 / identity.windowSeconds)));
  const texts = "paths" in identity ? identity.paths.map((path) => textAtPath(item, path)) : [];
  if (texts.every((text) => text === undefined)) return identityDigest(body);
  return texts.length === 1 ? texts[0]! : identityDigest(...texts.map((text) => text ?? ""));
}

function typeOf(type: TypeRule | undefined, item: Json, { headers }: WebhookRequest): string | undefined {
  if (type === undefined) return undefined;
  if ("header" in type) return headers[type.header] || undefined;
  const texts = type.paths.flatMap((path) => textAtPath(item, path) ?? []);
  return texts.length > 0 ? texts.join(type.join ?? ".") : undefined;
}

/** Returns the headers that are stored: those that identify an event and say its type or time, never one with a signature. */
function headersOf(description: ProviderDescription): string[] {
  const { time, identity, type } = description;
  const confidential = confidentialHeaders({ provider: "custom", description });
  const headers = [time, identity, type].flatMap((place) => (place && "header" in place ? [place.header] : []));
  return headers.filter((header) => !confidential.includes(header));
}
