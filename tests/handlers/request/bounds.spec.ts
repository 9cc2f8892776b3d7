import * as assert from "node:assert/strict";
import crypto from "node:crypto";
import { mock } from "node:test";
import HmacValidator from "@adyen/api-library/lib/src/utils/hmacValidator";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks";
import { bounds } from "../../../handlers/request/bounds";
import { standardWebhooks } from "../../../handlers/sources/standardWebhooks";
import { localSources, type LocalSource } from "../../../local/sources";
import { sign, type Signing } from "../../../local/signing";
import { apiEvent, testSigning, webhookRequest } from "../../../testbed/handlers";
import { Receiver } from "../../helpers/receiver";

type Counted = "createHmac" | "timingSafeEqual" | "verify";
const form = { "content-type": "application/x-www-form-urlencoded" };
const large = `{"pad":"${"x".repeat(4_000_000)}"}`;

/** Counts the calls of these functions, and measures the longest text that is parsed. */
async function counting<T>(run: () => Promise<T>): Promise<{ result: T; longest: number } & Record<Counted, number>> {
  const lengths = [0];
  const spies = (["createHmac", "timingSafeEqual", "verify"] as const).map((name) => mock.method(crypto, name));
  const parse = mock.method(JSON, "parse");
  const decode = mock.method(TextDecoder.prototype, "decode");
  const Original = globalThis.URLSearchParams;
  globalThis.URLSearchParams = class extends Original {
    constructor(init?: string) {
      super(init);
      lengths.push(init?.length ?? 0);
    }
  } as typeof URLSearchParams;
  try {
    const result = await run();
    for (const {
      arguments: [text],
    } of parse.mock.calls)
      lengths.push(String(text).length);
    for (const {
      arguments: [bytes],
    } of decode.mock.calls)
      lengths.push((bytes as Uint8Array).byteLength);
    const [createHmac, timingSafeEqual, verify] = spies.map((spy) => spy.mock.callCount());
    return { result, longest: Math.max(...lengths), createHmac, timingSafeEqual, verify };
  } finally {
    globalThis.URLSearchParams = Original;
    mock.restoreAll();
  }
}

describe("Before it has verified a signature, the receiver", () => {
  const receiver = new Receiver();
  let forger: Signing;
  before(async () => ({ signing: forger } = await testSigning()));

  const forged = (source: LocalSource, text: string) => {
    const headers = sign(source, Buffer.from(text), { ...forger, paypal: { ...forger.paypal, webhookId: "other" } });
    return apiEvent(source, text, headers);
  };
  const formOf = (bytes: number) => Array.from({ length: bytes / 8 }, (_, index) => `f${String(index).padStart(5, "0")}=`).join("&");
  const status = async (event: ReturnType<typeof forged>) => (await receiver.receive(event)).status;

  for (const source of localSources) {
    it(`does not parse a large body of ${source}`, async () => {
      const text = source === "twilio" ? formOf(4_000_000) : large;
      const event = forged(source, text);
      const { result, longest } = await counting(() => receiver.receive(event));
      assert.equal(result.status, source === "adyen" || source === "twilio" ? 413 : 401);
      assert.ok(longest <= bounds.bodyBytes, `${longest} bytes were parsed`);
      assert.equal(receiver.puts().length, 0);
    });
  }

  describe("of Adyen's", () => {
    const theirs = new HmacValidator();
    const json = { "content-type": "application/json" };
    const item = {
      pspReference: "1",
      originalReference: "",
      merchantAccountCode: "M",
      merchantReference: "R",
      amount: { value: 1, currency: "EUR" },
      eventCode: "REFUND",
      success: "true",
    };
    const key = () => receiver.signing.adyen.hmacKey;
    const signed = () => ({ ...item, additionalData: { hmacSignature: theirs.calculateHmac(item as never, key()) } });
    const notification = (count: number, one: object) =>
      JSON.stringify({ notificationItems: Array(count).fill({ NotificationRequestItem: one }) });

    it("accepts at most ten items, and verifies none if there are more", async () => {
      assert.equal(await status(apiEvent("adyen", notification(bounds.items, signed()), json)), 200);
      const tooMany = apiEvent("adyen", notification(bounds.items + 1, signed()), json);
      const { result, createHmac } = await counting(() => receiver.receive(tooMany));
      assert.deepEqual([result.status, createHmac], [413, 0]);
    });

    it("stops at the first forged item", async () => {
      const { result, createHmac } = await counting(() => receiver.receive(apiEvent("adyen", notification(bounds.items, item), json)));
      assert.equal(result.status, 401);
      assert.ok(createHmac <= 4, `${createHmac} HMACs`);
    });

    it("parses a large body only after verifying its own signature", async () => {
      const text = JSON.stringify({ type: "balancePlatform.report.created", pad: "x".repeat(bounds.bodyBytes) });
      const signature = theirs.calculateHmac(text, key());
      assert.equal(await status(apiEvent("adyen", text, { ...json, hmacsignature: signature })), 200);
      const { result, longest } = await counting(() =>
        receiver.receive(apiEvent("adyen", `${text} `, { ...json, hmacsignature: signature })),
      );
      assert.equal(result.status, 413);
      assert.ok(longest <= bounds.bodyBytes, `${longest} bytes were parsed`);
    });
  });

  describe("of Twilio", () => {
    const fieldsOf = (count: number, value = "1") => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, value]));
    const signedForm = (fields: Record<string, string>) => {
      const { authToken, url } = receiver.signing.twilio;
      return apiEvent("twilio", new URLSearchParams(fields).toString(), {
        ...form,
        "x-twilio-signature": getExpectedTwilioSignature(authToken, url, fields),
      });
    };

    it("accepts at most a thousand fields", async () => {
      assert.equal(await status(signedForm(fieldsOf(bounds.fields))), 200);
      assert.equal(await status(signedForm(fieldsOf(bounds.fields + 1))), 413);
    });
    it("accepts at most 256 KiB of a form", async () => {
      assert.equal(await status(signedForm({ f: "x".repeat(bounds.bodyBytes - 2) })), 200);
      assert.equal(await status(signedForm({ f: "x".repeat(bounds.bodyBytes - 1) })), 413);
    });
    it("reads each field once, however many have the same name", async () => {
      const all = mock.method(URLSearchParams.prototype, "getAll");
      try {
        await receiver.receive(signedForm(fieldsOf(bounds.fields)));
        assert.equal(all.mock.callCount(), 0);
      } finally {
        mock.restoreAll();
      }
    });
  });

  describe("of a header with many signatures", () => {
    const seconds = () => Math.floor(Date.now() / 1_000);
    const mac = Buffer.alloc(32).toString("base64");

    it("tries eight signatures of Standard Webhooks", async () => {
      const { secret } = receiver.signing["standard-webhooks"];
      const eventWith = (signatures: (right: string) => string[]) => {
        const right = new Webhook(secret).sign("msg_1", new Date(seconds() * 1_000), "{}");
        const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(seconds()), "webhook-signature": signatures(right).join(" ") };
        return apiEvent("standard-webhooks", "{}", { "content-type": "application/json", ...headers });
      };
      const wrong = (count: number) => Array.from({ length: count }, (_, index) => `v1,${index}${mac}`);
      assert.equal(await status(eventWith((right) => [...wrong(bounds.signatures - 1), right])), 202);
      assert.equal(await status(eventWith((right) => [...wrong(bounds.signatures), right])), 401);
      const { timingSafeEqual } = await counting(() => receiver.receive(eventWith(() => wrong(200))));
      assert.equal(timingSafeEqual, bounds.signatures);
    });

    it("verifies eight asymmetric signatures of Standard Webhooks, and no malformed one", async () => {
      const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
      const whpk = `whpk_${publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("base64")}`;
      const body = Buffer.from("{}");
      const at = seconds();
      const right = `v1a,${crypto.sign(null, Buffer.from(`msg_1.${at}.{}`), privateKey).toString("base64")}`;
      const verify = async (...signatures: string[]) => {
        const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": signatures.join(" ") };
        return standardWebhooks.verify(webhookRequest(body, headers), [{ publicKey: whpk }], new Date());
      };
      const wrong = (count: number) => Array.from({ length: count }, (_, index) => `v1a,${Buffer.alloc(64, index).toString("base64")}`);
      const { verify: verifications } = await counting(() => assert.rejects(() => verify(...wrong(108)), { reason: "mismatch" }));
      assert.equal(verifications, bounds.signatures);
      const { verify: none } = await counting(() => assert.rejects(() => verify(`v1a,${mac}`, "v1a,"), { reason: "mismatch" }));
      assert.equal(none, 0);
      await verify(...wrong(bounds.signatures - 1), right);
    });

    it("tries eight signatures of Stripe", async () => {
      const { secret } = receiver.signing.stripe;
      const payload = '{"id":"evt_1"}';
      const eventWith = (count: number) => {
        const header = Stripe.webhooks.generateTestHeaderString({ payload, secret });
        const wrong = Array.from({ length: count }, (_, index) => `,v1=${String(index).padStart(64, "0")}`).join("");
        return apiEvent("stripe", payload, {
          "content-type": "application/json",
          "stripe-signature": header.replace(",v1=", `${wrong},v1=`),
        });
      };
      assert.equal(await status(eventWith(bounds.signatures - 1)), 202);
      const { result, timingSafeEqual } = await counting(() => receiver.receive(eventWith(140)));
      assert.deepEqual([result.status, timingSafeEqual], [401, bounds.signatures]);
    });
  });
});
