import * as z from "zod/mini";
import { signatureHeaders } from "../../domain/sources";
import { isOtherInForm, unwrapPayloadField } from "../request/body";
import { textAt, timeAt } from "./lib/fields";
import { identityDigest, hmac, requireAny, requireFresh, requireHeader, parseSeconds } from "./lib/signature";
import { unknownOrigin, type Provider } from "./lib/types";

const credential = z.object({ signingSecret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

const nothing = { contentType: "text/plain", text: "" };

/** @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: Provider<Credential> = {
  mediaTypes: ["json", "form"],
  /**
   * Slack shows the body of an answer to a slash command to the user who typed it, so the body is empty.
   * @see https://docs.slack.dev/apis/events-api/#responding
   */
  acknowledgment: { status: 200, body: nothing, withinSeconds: 3 },
  storedHeaders: ["x-slack-request-timestamp", "x-slack-retry-num", "x-slack-retry-reason"],
  parseCredential: (value) => credential.parse(value),

  /** `X-Slack-Signature: v0=<hex>`: HMAC-SHA256 over `v0:<seconds>:body`. */
  verify({ headers, body }, credentials, now) {
    const given = requireHeader(headers, signatureHeaders.slack[0]);
    const timestamp = requireHeader(headers, "x-slack-request-timestamp");
    const expected = credentials.map(({ signingSecret }) => `v0=${hmac("sha256", signingSecret, "hex", `v0:${timestamp}:`, body)}`);
    requireAny(expected, [given]);
    requireFresh(parseSeconds(timestamp), now);
  },

  /**
   * Slack accepts a URL only after it has returned the challenge.
   * @see https://docs.slack.dev/reference/events/url_verification
   */
  answerTo(event) {
    const challenge = textAt(event, "type") === "url_verification" ? textAt(event, "challenge") : undefined;
    return challenge === undefined ? undefined : { status: 200, body: { contentType: "text/plain", text: challenge } };
  },

  /**
   * Events have IDs. Commands and interactions have none, and Slack sends them once. Their ID is a digest of everything signed, body and
   * time, because not every body contains a trigger's ID.
   */
  identify(event, { headers, body, mediaType }) {
    if (isOtherInForm(body, mediaType)) return undefined;
    const payload = unwrapPayloadField(event, mediaType);
    return {
      eventId: textAt(payload, "event_id") ?? identityDigest(headers["x-slack-request-timestamp"] ?? "", body),
      eventType: textAt(payload, "event", "type") ?? textAt(payload, "command") ?? textAt(payload, "type") ?? "unknown",
      occurredAt: timeAt(payload, "event_time", "seconds"),
    };
  },

  /**
   * The account is the workspace: an app receives events of all workspaces that installed it under one secret.
   * @see https://docs.slack.dev/apis/events-api/
   */
  originOf(event, { mediaType }) {
    const payload = unwrapPayloadField(event, mediaType);
    return { ...unknownOrigin, account: textAt(payload, "team_id") ?? textAt(payload, "team", "id") };
  },
};
