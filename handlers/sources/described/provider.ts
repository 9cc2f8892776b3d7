import { parseTemplate, type Place, type ProviderDescription, type TypeRule } from "../../../domain/description";
import { isJsonInForm } from "../../request/body";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { at, timeAt } from "../lib/fields";
import { identityDigest } from "../lib/signature";
import type { Provider } from "../lib/types";
import { parseDescribedCredential, type Credential } from "./credential";
import { answerHandshake } from "./handshake";
import { textAtPath } from "./places";
import { verifyDescribed } from "./verify";

/** Creates the provider that a description describes. The configuration has checked it. */
export function describedProvider(description: ProviderDescription): Provider<Credential> {
  const { mediaTypes, answer, items, handshakes = [] } = description;
  const itemsPath = items === undefined ? undefined : items === "" ? [] : items.split(".");
  /** Returns the one item of a delivery; without items, the event itself. */
  const itemIn = (event: Json): Json => (itemsPath === undefined ? event : ((at(event, ...itemsPath, 0) ?? event) as Json));
  return {
    mediaTypes,
    acknowledgment: {
      status: answer?.status ?? 202,
      ...(answer?.body !== undefined && { body: { contentType: answer.contentType ?? "text/plain", text: answer.body } }),
      withinSeconds: undefined,
    },
    refusalBody: answer?.refusal,
    storedHeaders: headersOf(description),
    itemsPath,
    parseCredential: (value) => parseDescribedCredential(description, value),
    verify: (request, credentials, now) => void verifyDescribed(description, request, credentials, now),
    answerUnsigned: (event, request) =>
      answerHandshake(
        handshakes.filter(({ unsigned }) => unsigned),
        event,
        request,
      ),
    answerTo: (event, request, credentials, now) =>
      answerHandshake(
        handshakes.filter(({ unsigned }) => !unsigned),
        event,
        request,
        () => verifyDescribed(description, request, credentials, now),
      ),

    identify(event, request) {
      if (isJsonInForm(request.body, request.mediaType)) return undefined;
      const item = itemIn(event);
      return {
        eventId: idOf(description, item, request),
        eventType: typeOf(description.type, item, request) ?? "unknown",
        occurredAt: description.occurredAt && timeAt(item, description.occurredAt.path, unitOf(description.occurredAt.unit)),
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

const unitOf = (unit: "seconds" | "milliseconds" | "rfc3339") => (unit === "rfc3339" ? undefined : unit);

/** Returns the identity. Only what is signed identifies an event by itself. */
function idOf({ identity, verify }: ProviderDescription, item: Json, { headers, body }: WebhookRequest): string {
  if ("header" in identity) {
    const isSigned = "signed" in verify && parseTemplate(verify.signed).some(({ name }) => name === "id");
    return isSigned ? headers[identity.header] : identityDigest(headers[identity.header] ?? "", body);
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
function headersOf({ verify, time, identity, type }: ProviderDescription): string[] {
  const secret = "signature" in verify ? verify.signature : verify.scheme === "token" ? verify.token : { header: "authorization" };
  const places: object[] = [...(time ? [time] : []), identity, ...(type ? [type] : [])];
  return places.flatMap((place) =>
    "header" in place && place.header !== (secret as Partial<Record<keyof Place, string>> & { header?: string }).header
      ? [place.header as string]
      : [],
  );
}
