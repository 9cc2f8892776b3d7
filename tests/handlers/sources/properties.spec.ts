import * as assert from "node:assert/strict";
import fc from "fast-check";
import { confidentialHeaders } from "../../../domain/sources";
import { parseBody } from "../../../handlers/request/body";
import { Refusal } from "../../../handlers/errors";
import { requirePayPalUrl } from "../../../handlers/sources/paypal/certificates";
import { findSource } from "../../../handlers/configuredSources";
import { freshSample } from "../../../local/samples";
import { localSources, type LocalSource } from "../../../local/sources";
import { seal, sign, type SecretValues, type Signing } from "../../../local/signing";
import { testSigning, webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

/** Number of runs per provider. */
const numRuns = Number(process.env.FUZZ_CASES ?? 300);

/** Headers required beside the signature; first, the signed time if it has its own header. Stripe's is in the signature's header. */
const demanded: Partial<Record<LocalSource, string[]>> = {
  paypal: ["paypal-transmission-time", "paypal-transmission-id", "paypal-cert-url", "paypal-auth-algo"],
  slack: ["x-slack-request-timestamp"],
  "standard-webhooks": ["webhook-timestamp", "webhook-id"],
  example: ["x-example-timestamp"],
};

/** Runs a check on a text with any one bit changed. */
async function eachBit(text: Buffer, check: (changed: Buffer) => Promise<void>): Promise<void> {
  const changedAt = (at: number) => text.map((byte, index) => (index === Math.floor(at / 8) ? byte ^ (1 << (at % 8)) : byte)) as Buffer;
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: text.length * 8 - 1 }), (at) => check(Buffer.from(changedAt(at)))),
    { numRuns },
  );
}

function itemSignature(body: Buffer): string {
  const { notificationItems } = JSON.parse(body.toString()) as {
    notificationItems: { NotificationRequestItem: { additionalData: Record<string, string> } }[];
  };
  return notificationItems[0].NotificationRequestItem.additionalData.hmacSignature;
}

/** Variants that a lenient parser of hexadecimal, base64, lists or headers would take for the same signature. */
function otherTexts(text: string): string[] {
  const around = [" ", "\t", "\n", "=", ",", ";", "\u00a0", "\0"].flatMap((one) => [`${one}${text}`, `${text}${one}`]);
  const list = [
    `${text},${text}`,
    `${text} ${text}`,
    `${text}, ${text}`,
    text.replace(/,/g, ", "),
    text.replace(/=/g, " = "),
    text.replace(/=/, "=="),
  ];
  const base64 = [
    text.replace(/=+$/, ""),
    `${text}==`,
    text.replaceAll("+", "-").replaceAll("/", "_"),
    `${text.slice(0, 9)}\n${text.slice(9)}`,
  ];
  return [...around, ...list, ...base64, text.toUpperCase(), text.toLowerCase(), encodeURIComponent(text), `"${text}"`].filter(
    (other) => other !== text,
  );
}

describe("Every provider", function () {
  this.timeout(0);
  let now: Date;
  let signing: Signing;
  let secrets: SecretValues;
  let others: SecretValues;
  before(async () => {
    ({ signing, secrets } = await testSigning());
    ({ secrets: others } = await testSigning());
    now = new Date();
  });

  const genuine = (source: LocalSource) => {
    const body = seal(source, freshSample(source, now), signing);
    return { body, headers: sign(source, body, signing, now) };
  };
  const verify = async (source: LocalSource, body: Buffer, headers: Record<string, string>, ...given: object[]) => {
    const { provider } = findSource(source)!;
    await provider.verify(webhookRequest(body, headers), given.map(provider.parseCredential), now);
  };
  const accepts = (source: LocalSource, body: Buffer, headers: Record<string, string>, secret: object = secrets[source]) =>
    passes(() => verify(source, body, headers, secret));

  for (const source of localSources) {
    const signature = confidentialHeaders(findSource(source)!.settings)[0];

    it(`accepts signatures of ${source} by either of two secrets, and by no other`, async () => {
      const { body, headers } = genuine(source);
      await verify(source, body, headers, secrets[source]);
      await verify(source, body, headers, secrets[source], others[source]);
      await verify(source, body, headers, others[source], secrets[source]);
      await refusesAs("mismatch", () => verify(source, body, headers, others[source]));
    });

    for (const name of [...(source === "adyen" ? [] : [signature]), ...(demanded[source] ?? [])])
      it(`refuses a request of ${source} without ${name}`, async () => {
        const { body, headers } = genuine(source);
        const others = Object.entries(headers).filter(([other]) => other !== name);
        await refusesAs("no signature", () => verify(source, body, Object.fromEntries(others), secrets[source]));
        await refusesAs("no signature", () => verify(source, body, { ...headers, [name]: "" }, secrets[source]));
      });

    // Adyen signs eight fields of an item, not the body: tests/handlers/sources/adyen.spec.ts. Twilio does not sign a form's text,
    // but its fields: a change that does not affect them changes nothing.
    if (source !== "adyen") {
      it(`refuses a body of ${source} with any one bit changed`, async () => {
        const { body, headers } = genuine(source);
        const fields = (text: Buffer) => JSON.stringify(Object.entries(parseBody(text, "form") ?? { none: text.toString("hex") }).sort());
        await eachBit(body, async (changed) => {
          if (source === "twilio" && fields(changed) === fields(body)) return;
          assert.equal(await accepts(source, changed, headers), false);
        });
      });

      it(`refuses a signature of ${source} with any one bit changed`, async () => {
        const { body, headers } = genuine(source);
        await eachBit(Buffer.from(headers[signature]), async (changed) =>
          assert.equal(await accepts(source, body, { ...headers, [signature]: changed.toString("latin1") }), false, String(changed)),
        );
      });
    }

    it(`refuses a signature of ${source} by a secret with any one bit changed`, async () => {
      const { body, headers } = genuine(source);
      const secret = secrets[source] as Record<string, string>;
      const field = Object.keys(secret)[0];
      await eachBit(Buffer.from(secret[field]), async (changed) => {
        const other = changed.toString("latin1");
        // Adyen's key is hexadecimal, which ignores case.
        if (source === "adyen" && other.toLowerCase() === secret[field].toLowerCase()) return;
        assert.equal(await accepts(source, body, headers, { ...secret, [field]: other }), false, other);
      });
    });

    const time = demanded[source]?.[0];
    if (time !== undefined) {
      it(`refuses a time of ${source} with any one bit changed`, async () => {
        const { body, headers } = genuine(source);
        await eachBit(Buffer.from(headers[time]), async (changed) =>
          assert.equal(await accepts(source, body, { ...headers, [time]: changed.toString("latin1") }), false),
        );
      });
    }

    it(`refuses any other text as signature of ${source}, short or long, in the same way`, async () => {
      const { body, headers } = genuine(source);
      const { provider } = findSource(source)!;
      const credentials = [provider.parseCredential(secrets[source])];
      const unsealed = source === "adyen" ? freshSample("adyen", now) : body;
      await fc.assert(
        fc.asyncProperty(fc.string({ minLength: 1, maxLength: 200 }), async (text) => {
          const given = { ...headers, [signature]: text };
          const check = async () => provider.verify(webhookRequest(unsealed, given), credentials, now);
          await assert.rejects(check, (error) => error instanceof Refusal && error.status === 401);
        }),
        { numRuns },
      );
    });

    it(`accepts a signature of ${source} only in its canonical text`, async () => {
      const { body, headers } = genuine(source);
      const written = source === "adyen" ? itemSignature(body) : headers[signature];
      const send = (text: string) =>
        source === "adyen"
          ? accepts(source, Buffer.from(body.toString().replace(JSON.stringify(written), JSON.stringify(text))), headers)
          : accepts(source, body, { ...headers, [signature]: text });
      assert.ok(await send(written));
      for (const text of otherTexts(written)) assert.equal(await send(text), false, JSON.stringify(text));
    });

    it(`throws only refusals, whatever is sent as ${source}`, async () => {
      const { headers } = genuine(source);
      const { provider } = findSource(source)!;
      const credentials = [provider.parseCredential(secrets[source])];
      const names = [...Object.keys(headers), ...provider.storedHeaders, "authorization"];
      const item = fc.record({
        pspReference: fc.jsonValue(),
        amount: fc.jsonValue(),
        success: fc.constantFrom({ toString: 1 }, "true", null),
      });
      const items = fc
        .array(item.map((one) => ({ NotificationRequestItem: one })))
        .map((all) => JSON.stringify({ notificationItems: all }));
      const text = fc.oneof(fc.json(), items).map((one) => Buffer.from(one));
      const body = fc.oneof(fc.uint8Array({ maxLength: 300 }), text);
      const given = fc.dictionary(fc.constantFrom(...names), fc.string({ maxLength: 100 }));
      await fc.assert(
        fc.asyncProperty(body, given, async (bytes, more) => {
          const request = webhookRequest(Buffer.from(bytes), { ...headers, ...more });
          try {
            await provider.verify(request, credentials, now);
          } catch (error) {
            assert.ok(error instanceof Refusal, String(error));
          }
          const event = parseBody(request.body, request.mediaType);
          if (!event) return;
          provider.answerTo?.(event, request, credentials, now);
          assert.equal(typeof (await identifiable(() => provider.identify(event, request))), "boolean");
        }),
        { numRuns },
      );
    });
  }

  async function identifiable(identify: () => unknown): Promise<boolean> {
    try {
      return identify() !== undefined;
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
      return false;
    }
  }
});

describe("The address of a PayPal certificate", function () {
  this.timeout(0);
  const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
  const path = "/v1/notifications/certs/CERT-1";

  it("is one of PayPal's in every URL parser", () => {
    const anything = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string(),
      fc.constantFrom(...hosts).chain((host) => fc.string({ maxLength: 12 }).map((text) => `https://${host}${text}${path}`)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          const { hostname, protocol, port, username, search, hash } = new URL(requirePayPalUrl(text));
          assert.ok(hosts.includes(hostname));
          assert.deepEqual([protocol, port, username, search, hash], ["https:", "", "", "", ""]);
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
        }
      }),
      { numRuns: numRuns * 10 },
    );
  });
});
