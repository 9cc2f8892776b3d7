import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { clearCredentials } from "../../handlers/credentials";
import type { CodedProvider } from "../../domain/sources";
import { freshSample } from "../../local/samples";
import { apiEvent, signedEvent, withSettings } from "../../testbed/handlers";
import { GetSecretValueCommand } from "../helpers/jsonMocks";
import { Receiver } from "../helpers/receiver";

describe("The receiver of a source", () => {
  const receiver = new Receiver();
  const { receive, signed, puts, refusedWithout } = receiver;

  describe("during the rotation of a secret", () => {
    const secretIs = (...values: string[]) =>
      receiver.secretsManager
        .on(GetSecretValueCommand, { SecretId: "arn:stripe" })
        .resolves({ SecretString: JSON.stringify(values.map((secret) => ({ secret }))) });
    const signedWith = (secret: string) =>
      signedEvent("stripe", freshSample("stripe"), { ...receiver.signing, stripe: { provider: "stripe", secret } });
    const statusOf = async (secret: string) => (await receive(signedWith(secret))).status;
    const readings = () => receiver.secretsManager.commandCalls(GetSecretValueCommand).length;

    it("accepts signatures by either secret, and none by a removed one", async () => {
      secretIs("new", "old");
      assert.deepEqual([await statusOf("new"), await statusOf("old"), await statusOf("other")], [202, 202, 401]);
      clearCredentials();
      secretIs("new");
      assert.deepEqual([await statusOf("new"), await statusOf("old")], [202, 401]);
    });

    it("uses the new secret from the first event that it signed", async () => {
      secretIs("old");
      assert.equal(await statusOf("old"), 202);
      secretIs("new", "old");
      await sleep(2);
      assert.equal(await statusOf("new"), 202);
      assert.equal(readings(), 2);
    });

    it("reads the secret once for a thousand forged requests", async () => {
      secretIs("right");
      assert.equal(await statusOf("right"), 202);
      await sleep(2);
      for (let request = 0; request < 1_000; request++) assert.equal(await statusOf("forged"), 401);
      assert.equal(readings(), 2);
    });

    it("does not read the secret again for a request that is stale or unsigned", async () => {
      secretIs("right");
      assert.equal(await statusOf("right"), 202);
      await sleep(2);
      const stale = signedEvent(
        "stripe",
        freshSample("stripe"),
        { ...receiver.signing, stripe: { provider: "stripe", secret: "right" } },
        new Date(Date.now() - 400_000),
      );
      assert.equal((await receive(stale)).status, 401);
      assert.equal((await receive(apiEvent("stripe", "{}", { "content-type": "application/json" }))).status, 401);
      assert.equal(readings(), 1);
    });
  });

  describe("with an event filter", () => {
    const settings = { stripe: { provider: "stripe", events: ["payment_intent.*", "charge.dispute.*"] } } as const;
    const receiveType = (type: string) => withSettings(settings, () => receive(signed("stripe", { id: "evt_1", type })));

    for (const type of ["payment_intent.succeeded", "charge.dispute.created"]) {
      it(`stores ${type}`, async () => {
        assert.equal((await receiveType(type)).status, 202);
        assert.equal(puts().length, 1);
      });
    }

    it("acknowledges and counts any other type without storing it", async () => {
      const { status, body, lines } = await receiveType("customer.created");
      assert.deepEqual([status, body.transactionId], [202, "stripe#evt_1"]);
      assert.equal(puts().length, 0);
      assert.ok(lines.some(({ EventsFiltered }) => EventsFiltered === 1));
      assert.ok(lines.every(({ EventsAccepted }) => EventsAccepted === undefined));
      assert.equal(lines.find(({ message }) => message === "Accepted")!.outcome, "filtered");
    });

    it("refuses a forged event of another type like any forged event", () =>
      withSettings(settings, () =>
        refusedWithout(apiEvent("stripe", '{"id":"evt_1","type":"x"}', { "content-type": "application/json" }), 401, "signature"),
      ));
  });

  describe("that ignores test events", () => {
    const receiveBody = (source: CodedProvider, event: object) =>
      withSettings({ [source]: { provider: source, testEvents: "ignore" } }, () => receive(signed(source, event)));
    const selfLink = (host: string) => ({ links: [{ rel: "self", href: `https://${host}/v1/notifications/webhooks-events/WH-1` }] });

    for (const [source, event] of [
      ["stripe", { id: "evt_1", livemode: false }],
      ["shopify", { id: 1, test: true }],
      ["paypal", { id: "WH-1", ...selfLink("api.sandbox.paypal.com") }],
    ] as const) {
      it(`acknowledges and counts one of ${source} without storing it`, async () => {
        const { status, transactionId, lines } = await receiveBody(source, event);
        assert.equal(status, 202);
        assert.ok(transactionId.startsWith(`${source}#`));
        assert.equal(puts().length, 0);
        assert.ok(lines.some(({ TestEventsIgnored }) => TestEventsIgnored === 1));
        assert.ok(lines.every(({ EventsAccepted, EventsDuplicate }) => EventsAccepted === undefined && EventsDuplicate === undefined));
        assert.equal(lines.find(({ message }) => message === "Accepted")!.outcome, "test ignored");
      });
    }

    for (const [what, source, event] of [
      ["a live one", "stripe", { id: "evt_1", livemode: true }],
      ["one of unknown mode", "square", { event_id: "1" }],
      ["one whose mode is a text", "stripe", { id: "evt_1", livemode: "false" }],
      ["a live one of PayPal", "paypal", { id: "WH-1", ...selfLink("api.paypal.com") }],
      ["one of a source without modes", "github", { livemode: false, test: true }],
    ] as const) {
      it(`stores ${what}`, async () => {
        const { lines } = await receiveBody(source, event);
        assert.equal(puts().length, 1);
        assert.ok(lines.every(({ TestEventsIgnored }) => TestEventsIgnored === undefined));
      });
    }

    it("acknowledges and counts a test event of Adyen's, and stores a live one", async () => {
      const notification = JSON.parse(freshSample("adyen").toString()) as object;
      const { status, lines } = await receiveBody("adyen", { ...notification, live: "false" });
      assert.equal(status, 200);
      assert.ok(lines.some(({ TestEventsIgnored }) => TestEventsIgnored === 1));
      assert.equal(puts().length, 0);
      await receiveBody("adyen", { ...notification, live: "true" });
      assert.equal(puts().length, 1);
    });

    it("refuses a forged test event like any forged event", () =>
      withSettings({ stripe: { provider: "stripe", testEvents: "ignore" } }, () =>
        refusedWithout(apiEvent("stripe", '{"id":"evt_1","livemode":false}', { "content-type": "application/json" }), 401, "signature"),
      ));
  });

  describe("with allowed CIDRs", () => {
    const settings = { stripe: { provider: "stripe", allowedCidrs: ["192.0.2.0/24", "2001:db8::/32"] } } as const;
    const from = (sourceIp: string) =>
      ({
        ...signed("stripe"),
        requestContext: { requestId: "request-1", identity: { sourceIp } },
      }) as never;

    for (const address of ["192.0.2.1", "2001:db8::5"]) {
      it(`accepts ${address}`, () => withSettings(settings, async () => assert.equal((await receive(from(address))).status, 202)));
    }

    for (const address of ["198.51.100.1", "2001:db9::5", "unknown", "192.0.2.1.evil.example"]) {
      it(`refuses "${address}" with 403, before it checks the signature`, () =>
        withSettings(settings, async () => {
          const { lines } = await refusedWithout(from(address), 403, "forbidden");
          assert.equal(receiver.secretsManager.calls().length, 0);
          assert.ok(lines.some(({ NetworkRefusals }) => NetworkRefusals === 1));
          const refused = lines.find(({ message }) => message === "Refused")!;
          assert.deepEqual([refused.source, refused.code, refused.reason, refused.sourceIp], ["stripe", "forbidden", "network", address]);
        }));
    }
  });
});
