import { deliveryKey, signs, type ProviderDescription, type TypeRule } from "../../../domain/description";
import { confidentialHeaders } from "../../../domain/sources";
import { isOtherInForm } from "../../request/body";
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
  /** Returns the one item of a delivery, with the delivery as `$`; without items, the event itself. */
  const itemIn = (event: Json): Json =>
    itemsPath === undefined ? event : { ...((at(event, ...itemsPath, 0) ?? event) as Json), [deliveryKey]: event };
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

    identify(event, request) {
      if (isOtherInForm(request.body, request.mediaType)) return undefined;
      const item = itemIn(event);
      return {
        eventId: idOf(description, item, request),
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

/** Returns the identity. Only what is signed identifies an event by itself. */
function idOf(description: ProviderDescription, item: Json, { headers, body }: WebhookRequest): string {
  const { identity } = description;
  if ("header" in identity) {
    return signs(description, "id") ? headers[identity.header] : identityDigest(headers[identity.header] ?? "", body);
  }
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
