import * as assert from "node:assert/strict";
import Stripe from "stripe";
import { stripe } from "../../../handlers/sources/stripe";
import { webhookRequest } from "../../../testbed/handlers";
import { refusesAs } from "../../helpers/signatures";

const now = new Date("2026-01-31T12:00:00Z");
const seconds = Math.floor(now.getTime() / 1000);
const body = '{"id":"evt_1","name":"Zoë €"}';
const secret = "whsec_test";

/** Signs with Stripe's own library. */
function header(options: { timestamp?: number; secret?: string; payload?: string; scheme?: string } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds, ...options });
}

const verify = (signature: string, payload = body) =>
  stripe.verify(webhookRequest(Buffer.from(payload), { "stripe-signature": signature }), [{ secret }], now);
const refuses = (reason: string, signature: string, payload?: string) => refusesAs(reason, () => verify(signature, payload));

function succeeds(verified: () => unknown): boolean {
  try {
    verified();
    return true;
  } catch {
    return false;
  }
}

describe("A Stripe signature", () => {
  it("by Stripe's own library is accepted", () => verify(header()));
  it("of an altered body is refused", () => refuses("mismatch", header(), `${body} `));
  it("is found among several of v1", () => {
    verify(header().replace("v1=", `v1=${"0".repeat(64)},v1=`));
    verify(`${header()},v1=${"0".repeat(64)},v1`);
  });
  for (const [what, change] of [
    ["a = after it", (text: string) => `${text}=`],
    ["a = and more after it", (text: string) => `${text}=x`],
    ["a space after it", (text: string) => `${text} `],
    ["a space before its time", (text: string) => ` ${text}`],
    ["a space before its name", (text: string) => text.replace(",v1", ", v1")],
    ["a comma after it", (text: string) => `${text},`],
    ["itself after it", (text: string) => `${text},${text.split(",")[1]}`],
  ] as const) {
    it(`with ${what} is refused as another text`, () => refuses("mismatch", change(header())));
  }
  it("of scheme v0 is ignored", () => refuses("mismatch", header({ scheme: "v0" })));
  for (const signature of [
    "garbage",
    "t=,v1=00",
    "v1=00",
    `t=x,v1=${"0".repeat(64)}`,
    header().replace("t=", "t=1,t="),
    `t=-${seconds},v1=00`,
  ]) {
    it(`of the form ${signature.slice(0, 20)} is refused`, () => refuses("malformed time", signature));
  }
  for (const v1 of ["", "00", "zz".repeat(32), "0".repeat(64)]) {
    it(`that is "${v1.slice(0, 6)}" (${v1.length} characters) is refused`, () => refuses("mismatch", `t=${seconds},v1=${v1}`));
  }

  for (const offset of [-300, 300]) {
    it(`signed ${offset} s from now is accepted`, () => verify(header({ timestamp: seconds + offset })));
    it(`signed ${offset + Math.sign(offset)} s from now is refused`, () =>
      refuses("stale", header({ timestamp: seconds + offset + Math.sign(offset) })));
  }

  for (const age of [299_000, 300_000, 300_001, 300_999, 301_000, 301_001])
    it(`is accepted or refused after ${age} ms as by Stripe's own library`, () => {
      const receivedAt = now.getTime() + age;
      const at = new Date(receivedAt);
      const request = webhookRequest(Buffer.from(body), { "stripe-signature": header() });
      const own = () => stripe.verify(request, [{ secret }], at);
      const library = () => Stripe.webhooks.constructEvent(body, header(), secret, 300, undefined, receivedAt);
      if (age < 301_000) assert.doesNotThrow(own);
      else refusesAs("stale", own);
      assert.equal(succeeds(own), succeeds(library));
    });

  it("of another time than the header says is refused", () => refuses("mismatch", header().replace(`t=${seconds}`, `t=${seconds - 1}`)));
});
