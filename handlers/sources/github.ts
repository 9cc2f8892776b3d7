import * as z from "zod/mini";
import { signatureHeaders } from "../../domain/sources";
import { isOtherInForm, unwrapPayloadField } from "../request/body";
import { textAt } from "./lib/fields";
import { identityDigest, hmac, requireAny, requireHeader } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: Provider<Credential> = {
  mediaTypes: ["json", "form"],
  /**
   * GitHub accepts any 2xx. It does not send again by itself; you can redeliver a delivery for three days.
   * @see https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
   */
  acknowledgment: { status: 202, withinSeconds: 10 },
  storedHeaders: ["x-github-event", "x-github-delivery", "x-github-hook-id"],
  parseCredential: (value) => credential.parse(value),

  /** `X-Hub-Signature-256: sha256=<hex>`: HMAC-SHA256 over the body. The older SHA-1 is ignored. The scheme signs no time. */
  verify({ headers, body }, credentials) {
    const given = requireHeader(headers, signatureHeaders.github[0]);
    const expected = credentials.map(({ secret }) => `sha256=${hmac("sha256", secret, "hex", body)}`);
    requireAny(expected, [given]);
  },

  /**
   * The delivery ID distinguishes two events with the same body (a member added, removed and added again: the body has no time). A
   * redelivery keeps it. It is in a header, which is not signed, so the ID is a digest with the body and the event's name. Without the
   * header, those two count: refusing the request would lose an event for a header that proves nothing.
   * @see https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks#use-the-x-github-delivery-header
   */
  identify(event, { headers, body, mediaType }) {
    const name = headers["x-github-event"];
    if (!name || isOtherInForm(body, mediaType)) return undefined;
    const action = textAt(unwrapPayloadField(event, mediaType), "action");
    const eventId = identityDigest(headers["x-github-delivery"] ?? "", name, body);
    return { eventId, eventType: action ? `${name}.${action}` : name, occurredAt: undefined };
  },
};
