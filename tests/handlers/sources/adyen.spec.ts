import * as assert from "node:assert/strict";
import HmacValidator from "@adyen/api-library/lib/src/utils/hmacValidator";
import { adyen } from "../../../handlers/sources/adyen";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

type Item = Parameters<InstanceType<typeof HmacValidator>["validateHMAC"]>[0];

const theirs = new HmacValidator();
const hmacKey = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
const item = {
  pspReference: "7914073381342284",
  originalReference: "",
  merchantAccountCode: "TestMerchant",
  merchantReference: "TestPayment-1407325143704",
  amount: { value: 1130, currency: "EUR" },
  eventCode: "AUTHORISATION",
  success: "true",
  eventDate: "2026-01-31T12:00:00+02:00",
};
type Fields = Partial<typeof item>;
const sealed = (changes: Fields = {}, key = hmacKey) => {
  const fields = { ...item, ...changes };
  return { ...fields, additionalData: { hmacSignature: theirs.calculateHmac(fields as unknown as Item, key) } };
};
const notification = (...items: object[]) => ({ live: "false", notificationItems: items.map((one) => ({ NotificationRequestItem: one })) });
const verify = (
  event: object,
  { headers = {}, credentials = [{ hmacKey }] as object[] }: { headers?: Record<string, string>; credentials?: object[] } = {},
) =>
  adyen.verify(
    webhookRequest(Buffer.from(JSON.stringify(event)), headers),
    credentials.map((one) => adyen.parseCredential(one)),
    new Date(),
  );
const refuses = (...args: Parameters<typeof verify>) => refusesAs("mismatch", () => verify(...args));

describe("An Adyen signature of a notification item", () => {
  for (const [what, signed, expected] of [
    ["as it should be", sealed(), true],
    ["of another amount", { ...sealed(), amount: { value: 1131, currency: "EUR" } }, false],
    ["of another outcome", { ...sealed(), success: "false" }, false],
    ["of another reference", { ...sealed(), pspReference: "1" }, false],
    ["with another key", sealed({}, "00".repeat(32)), false],
  ] as const) {
    it(`${what} is judged as Adyen's own library judges it`, async () => {
      assert.equal(theirs.validateHMAC(signed as unknown as Item, hmacKey), expected);
      assert.equal(await passes(() => verify(notification(signed))), expected);
    });
  }

  it("matches the example of Adyen's documentation", () =>
    verify(notification({ ...item, additionalData: { hmacSignature: "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=" } })));
  it("is required of each item", () => refuses(notification(sealed(), { ...sealed(), success: "false" })));
  it("cannot be missing in any", () => refuses(notification(item)));
  for (const event of [
    { notificationItems: [{}] },
    { notificationItems: [null] },
    { notificationItems: ["x"] },
    notification({ pspReference: { toString: 1 } }),
  ]) {
    it(`is missing in ${JSON.stringify(event)}`, () => refuses(event));
  }
  it("covers an amount with every digit", async () => {
    const text = JSON.stringify(notification(item)).replace("1130", "9007199254740993001");
    const signature = theirs.calculateHmac(
      "7914073381342284::TestMerchant:TestPayment-1407325143704:9007199254740993001:EUR:AUTHORISATION:true",
      hmacKey,
    );
    const signed = text.replace('"eventCode"', `"additionalData":{"hmacSignature":"${signature}"},"eventCode"`);
    const check = (body: string) => adyen.verify(webhookRequest(Buffer.from(body), {}), [{ hmacKey }], new Date());
    await check(signed);
    await refusesAs("mismatch", () => check(signed.replace("9007199254740993001", "9007199254740993002")));
  });
  for (const [what, moved] of [
    ["account", { merchantAccountCode: "Shop:order", merchantReference: "1" }],
    ["amount", { merchantReference: "order", amount: { value: "1:1130", currency: "EUR" } }],
  ] as const) {
    it(`has one reading of its text: no colon moves a border into the ${what}`, async () => {
      const given = { merchantAccountCode: "Shop", merchantReference: "order:1" };
      const altered = { ...given, ...moved } as unknown as Fields;
      assert.deepEqual(sealed(altered).additionalData, sealed(given).additionalData, "Adyen's own library signs both alike");
      await verify(notification(sealed(given)));
      await refuses(notification(sealed(altered)));
    });
  }
  it("is never that of a platform's body, which could be split at its colons", () => {
    const body = '{"type":"balancePlatform.accountHolder.updated","data":{"id":"A","description":"x:1:EUR:AUTHORISATION:y"}}';
    const parts = body.split(":");
    const [pspReference, originalReference, merchantAccountCode] = parts;
    const [value, currency, eventCode, success] = parts.slice(-4);
    const fields = {
      pspReference,
      originalReference,
      merchantAccountCode,
      merchantReference: parts.slice(3, -4).join(":"),
      amount: { value: Number(value), currency },
      eventCode,
      success,
    };
    return refuses(notification({ ...fields, additionalData: { hmacSignature: theirs.calculateHmac(body, hmacKey) } }));
  });
  it("requires a numeric amount, because a text would have the same signature", () =>
    refuses(notification(sealed({ amount: { value: "1130" as unknown as number, currency: "EUR" } }))));
  it("is accepted from either of two keys", () =>
    verify(notification(sealed({}, "AB".repeat(32))), { credentials: [{ hmacKey }, { hmacKey: "AB".repeat(32) }] }));
});

describe("An Adyen signature of a whole body", () => {
  const event = { type: "balancePlatform.transfer.created", data: { id: "1" } };
  const signature = theirs.calculateHmac(JSON.stringify(event), hmacKey);

  it("is judged as Adyen's own library judges it", async () => {
    for (const one of [signature, signature.replace(/^./, "-")]) {
      const expected = theirs.validateHMACSignature(hmacKey, one, JSON.stringify(event));
      assert.equal(await passes(() => verify(event, { headers: { hmacsignature: one } })), expected);
    }
  });
  it("does not replace those of items", () => {
    const body = notification(item);
    return refuses(body, { headers: { hmacsignature: theirs.calculateHmac(JSON.stringify(body), hmacKey) } });
  });
  it("that is missing is refused", () => refusesAs("no signature", () => verify(event)));
  it("is also required of a notification without items", () => refusesAs("no signature", () => verify(notification())));
});

describe("Basic authentication by Adyen", () => {
  const credentials = [{ hmacKey, username: "user", password: "pässword" }];
  const authorization = `Basic ${Buffer.from("user:pässword").toString("base64")}`;

  it("is required beside the signature if the secret has a user", async () => {
    await verify(notification(sealed()), { credentials, headers: { authorization } });
    await refuses(notification(sealed()), { credentials });
    await refuses(notification(sealed()), { credentials, headers: { authorization: `${authorization}x` } });
    await refuses(notification(sealed({}, "00")), { credentials, headers: { authorization } });
  });
  it("can have an empty password", () =>
    verify(notification(sealed()), {
      credentials: [{ hmacKey, username: "user" }],
      headers: { authorization: `Basic ${Buffer.from("user:").toString("base64")}` },
    }));
});

describe("An Adyen event", () => {
  const identify = (event: object) => adyen.identify(event as never, webhookRequest(Buffer.from(JSON.stringify(event)), {}));

  const idOf = (changes: object) => identify(notification({ ...item, ...changes }))!.eventId;

  it("has its code as type", () => {
    const { eventType, occurredAt } = identify(notification(item))!;
    assert.deepEqual([eventType, occurredAt], ["AUTHORISATION", undefined]);
  });

  for (const [field, value] of [
    ["pspReference", "1"],
    ["originalReference", "1"],
    ["merchantAccountCode", "OtherMerchant"],
    ["merchantReference", "1"],
    ["amount", { value: 1131, currency: "EUR" }],
    ["amount", { value: 1130, currency: "USD" }],
    ["eventCode", "CAPTURE"],
    ["success", "false"],
  ] as const) {
    it(`is different if its signed ${field} differs`, () => assert.notEqual(idOf({ [field]: value }), idOf({})));
  }

  it("is the same whatever its unsigned fields are", () => {
    assert.equal(idOf({ eventDate: "2026-02-01T12:00:00+02:00", reason: "again", additionalData: { hmacSignature: "x" } }), idOf({}));
  });

  it("without items has its time in either of two fields", () => {
    const time = "2025-06-30T16:40:23+02:00";
    for (const event of [{ timestamp: time }, { createdAt: time }]) assert.equal(identify(event)!.occurredAt, "2025-06-30T14:40:23.000Z");
    assert.equal(identify({})!.occurredAt, undefined);
  });

  it("without items has a digest as ID", () => {
    const { eventId, eventType } = identify({ type: "balancePlatform.transfer.created" })!;
    assert.match(eventId, /^[0-9a-f]{64}$/);
    assert.equal(eventType, "balancePlatform.transfer.created");
    assert.equal(identify({})!.eventType, "unknown");
  });

  it("of Classic Platforms has its type and time", () => {
    const { eventType, occurredAt } = identify({ eventType: "ACCOUNT_HOLDER_CREATED", eventDate: "2025-06-30T16:40:23+02:00" })!;
    assert.deepEqual([eventType, occurredAt], ["ACCOUNT_HOLDER_CREATED", "2025-06-30T14:40:23.000Z"]);
  });

  it("with an object as outcome has no outcome", () => assert.equal(idOf({ success: { toString: 1 } }), idOf({ success: "" })));
  it("without a reference has no identity", () => assert.equal(identify(notification({ eventCode: "X" })), undefined));
});
