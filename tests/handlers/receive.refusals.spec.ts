import type { APIGatewayProxyEvent } from "aws-lambda";
import { apiEvent, withSettings } from "../../testbed/handlers";
import { Receiver } from "../helpers/receiver";

const unsupported = [415, "unsupported_media_type"] as const;
const unknown = [404, "unknown_source"] as const;
const malformed = [400, "malformed"] as const;
const typed = (type: string) => apiEvent("stripe", "{}", { "content-type": type });
const item = { pspReference: "1", originalReference: "", merchantAccountCode: "M", merchantReference: "R", success: "true" };
const adyenOf = (eventCode: string) => ({
  notificationItems: [{ NotificationRequestItem: { ...item, amount: { value: 1, currency: "EUR" }, eventCode } }],
});

describe("The receiver refuses without storing it", () => {
  const { signed, refusedWithout } = new Receiver();

  const rows: Record<string, [answer: readonly [number, string], event: () => APIGatewayProxyEvent]> = {
    "a text": [unsupported, () => typed("text/plain")],
    "a form of a source that sends JSON": [unsupported, () => typed("application/x-www-form-urlencoded")],
    "a body without a content type": [unsupported, () => typed("")],
    "headers without values": [
      unsupported,
      () => apiEvent("stripe", "{}", {}, { headers: { Accept: undefined }, multiValueHeaders: { Accept: undefined } }),
    ],
    "a request without anything": [unsupported, () => apiEvent("stripe", "", {}, { body: null, headers: null, multiValueHeaders: null })],
    "a compressed body": [unsupported, () => ({ ...signed("stripe"), multiValueHeaders: { "Content-Encoding": ["gzip"] } })],
    "a body above 6 MiB": [[413, "too_large"], () => signed("stripe", { id: "evt_big", pad: "x".repeat(6_291_432) })],
    "a path of no source": [unknown, () => apiEvent("stripe", "", {}, { resource: "/stripe" })],
  };
  for (const [what, [answer, event]] of Object.entries(rows)) it(what, () => refusedWithout(event(), ...answer));

  for (const name of ["nobody", "", "__proto__", "constructor", "Stripe"])
    it(`a request to "${name}", which is not a source`, () => refusedWithout(apiEvent(name, "{}", {}), ...unknown));

  it("an event of a source that this stack does not have", () =>
    withSettings({ stripe: { provider: "stripe" } }, () => refusedWithout(signed("square"), ...unknown)));

  const long = [`{"id":"${"x".repeat(513)}"}`, `{"id":"${"\u{1f600}".repeat(257)}"}`, `{"id":"e","type":"${"x".repeat(257)}"}`];
  const withoutId = ['{"type":"x"}', '{"id":""}', '{"id":5}', "[]", "[1]", '"text"', "null", "{"];
  for (const body of [...withoutId, '{"id":"a\\u0000b"}', '{"id":"half \\ud800"}', ...long])
    it(`a signed ${body.slice(0, 24)}`, () => refusedWithout(signed("stripe", body), ...malformed));

  for (const [source, event] of [
    ["stripe", { id: "evt_1", type: "charge\u001b[2J" }],
    ["stripe", { id: "evt_1", type: "a\uffff" }],
    ["stripe", { id: "evt_1", type: "charge\u009b2J" }],
    ["square", { event_id: "1", type: "\u0000" }],
    ["paypal", { id: "1", event_type: "a\nb" }],
    ["github", { action: "opened\u001b]0;x\u0007" }],
    ["slack", { event: { type: "\u001b[31m" } }],
    ["standard-webhooks", { type: "\u007f" }],
    ["example", { id: "1", type: "\r" }],
    ["twilio", "MessageStatus=%1B%5B2J"],
    ["adyen", adyenOf("\u001b[2J")],
  ] as const)
    it(`a type of ${source} with control characters (${JSON.stringify(event).slice(0, 40)})`, () =>
      refusedWithout(signed(source, event), ...malformed));
});
