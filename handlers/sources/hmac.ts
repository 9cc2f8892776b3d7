import * as z from "zod/mini";
import type { HmacSettings } from "../../domain/sources";
import { isJsonInForm } from "../request/body";
import { Refusal } from "../errors";
import type { WebhookRequest } from "../request/request";
import { idAt, textAt } from "./lib/fields";
import { identityDigest, hmac, requireAny, requireFresh, requireHeader, parseSeconds } from "./lib/signature";
import type { Provider } from "./lib/types";

const text = z.string().check(z.minLength(1));
const credential = z.union([
  z.object({ secret: text, encoding: z.optional(z.undefined()) }),
  /** Encodings of the key. A text in another form would be decoded to a shorter key, or to an empty one. */
  z.object({ secret: text.check(z.regex(/^([0-9A-Fa-f]{2})+$/)), encoding: z.literal("hex") }),
  z.object({ secret: text.check(z.regex(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)), encoding: z.literal("base64") }),
]);
type Credential = z.infer<typeof credential>;

/** Creates the provider of a source that the configuration describes and has checked. */
export function hmacProvider(settings: HmacSettings): Provider<Credential> {
  return {
    mediaTypes: ["json", "form"],
    acknowledgement: { status: 202, withinSeconds: undefined },
    storedHeaders: [settings.timestampHeader, settings.idHeader, settings.deliveryHeader].filter((name) => name !== undefined),
    parseCredential: (value) => credential.parse(value),

    verify(request, credentials, now) {
      const given = requireHeader(request.headers, settings.header);
      if (hasMovableBorder(settings, request)) throw new Refusal("signature", "mismatch");
      const signed = signedParts(settings, request);
      const expected = credentials.map(
        (one) => `${settings.prefix ?? ""}${hmac(settings.algorithm, keyOf(one), settings.encoding, ...signed)}`,
      );
      requireAny(expected, [given]);
      if (settings.timestampHeader) requireFresh(parseTime(requireHeader(request.headers, settings.timestampHeader)), now);
    },

    /** Without an ID, the body identifies the event, together with the delivery ID if there is one. A duplicate is signed at another time. */
    identify(event, { headers, body, mediaType }) {
      if (isJsonInForm(body, mediaType)) return undefined;
      const eventId = settings.idHeader
        ? requireHeader(headers, settings.idHeader)
        : settings.idPath
          ? idAt(event, ...keys(settings.idPath))
          : identityDigest(...(settings.deliveryHeader ? [headers[settings.deliveryHeader] ?? ""] : []), body);
      if (!eventId) return undefined;
      const eventType = (settings.typePath && textAt(event, ...keys(settings.typePath))) || "unknown";
      return { eventId, eventType, occurredAt: undefined };
    },
  };
}

function keyOf({ secret, encoding }: Credential): Buffer {
  return Buffer.from(secret, encoding ?? "utf8");
}

function signedParts({ signed, timestampHeader, idHeader }: HmacSettings, { headers, body }: WebhookRequest): (string | Buffer)[] {
  return signed.split(/(\{(?:body|timestamp|id)\})/).map((part) => {
    switch (part) {
      case "{body}":
        return body;
      case "{timestamp}":
        return requireHeader(headers, timestampHeader!);
      case "{id}":
        return requireHeader(headers, idHeader!);
      default:
        return part;
    }
  });
}

/**
 * Tells whether a form's border between ID and body could move. Any text is a form. So an ID that contains the text next to it could also
 * be a shorter ID, with the rest in the body. The rest of a JSON body is never JSON, and the forms of a time contain no such text.
 */
function hasMovableBorder({ signed, idHeader }: HmacSettings, { headers, mediaType }: WebhookRequest): boolean {
  if (idHeader === undefined || mediaType !== "form") return false;
  const [, ...borders] = /([^{}]*)\{id\}([^{}]*)/.exec(signed) ?? [];
  return borders.some((border) => border !== "" && requireHeader(headers, idHeader).includes(border));
}

/** @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Parses a time. Seconds have ten digits until the year 2286, milliseconds thirteen. */
function parseTime(text: string): number {
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d+$/.test(text)) return parseSeconds(text);
  return rfc3339.test(text) ? Date.parse(text) : NaN;
}

function keys(path: string): string[] {
  return path.split(".");
}
