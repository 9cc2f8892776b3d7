import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { descriptionOf } from "../../../../domain/catalog";
import { confidentialHeaders } from "../../../../domain/sources";
import { splitItems } from "../../../../handlers/request/items";
import { parseJsonBody, type Json } from "../../../../handlers/request/json";
import { at } from "../../../../handlers/sources/lib/fields";
import { describedProvider } from "../../../../handlers/sources/described/provider";
import { webhookRequest } from "../../../../testbed/handlers";
import { passes } from "../../../helpers/signatures";

const bodyOf = (name: string) => (JSON.parse(readFileSync(`tests/domain/catalog/${name}.json`, "utf8")) as { body: string }).body;

/** Returns what a provider of the catalog reads from each event of a delivery. */
function read(name: string, body: string, headers: Record<string, string> = {}) {
  const provider = describedProvider(descriptionOf(name));
  const bytes = Buffer.from(body);
  const deliveries = provider.itemsPath === undefined ? [bytes] : splitItems(bytes, provider.itemsPath)!.map((one) => one());
  return deliveries.map((one) => {
    const event = parseJsonBody(one.toString("utf8"))!;
    const request = webhookRequest(one, { "content-type": "application/json", ...headers });
    return { ...provider.identify(event, request)!, ...provider.originOf!(event, request), item: provider.itemIn!(event) };
  });
}

describe("An event of the catalog's", () => {
  it("LINE has the bot as its account, which stands beside the events", () => {
    const events = read("line", bodyOf("line"));
    assert.deepEqual(
      events.map(({ account, eventType }) => [account, eventType]),
      [
        ["U0123456789abcdef0123456789abcdef", "message"],
        ["U0123456789abcdef0123456789abcdef", "follow"],
      ],
    );
  });

  it("Meta is an entry, with its object's type and field, ID and time", () => {
    const entry = (id: string) => ({ id, time: 1520383571, changes: [{ field: "feed", value: { verb: "add" } }] });
    const events = read("meta", JSON.stringify({ object: "page", entry: [entry("10"), entry("11")] }));
    assert.deepEqual(
      events.map(({ account, eventType, occurredAt }) => [account, eventType, occurredAt]),
      [
        ["10", "page.feed", "2018-03-07T00:46:11.000Z"],
        ["11", "page.feed", "2018-03-07T00:46:11.000Z"],
      ],
    );
    assert.notEqual(events[0].eventId, events[1].eventId);
    const [whatsApp] = read("meta", bodyOf("meta"));
    assert.deepEqual([whatsApp.account, whatsApp.eventType], ["102290129340398", "whatsapp_business_account.messages"]);
  });

  it("Xero, QuickBooks and GoCardless name the account of each event: an app receives those of all its users", () => {
    const accountsOf = (name: string, body: object) => read(name, JSON.stringify(body)).map(({ account }) => account);
    assert.deepEqual(accountsOf("xero", { events: [{ tenantId: "t-1" }, { tenantId: "t-2" }] }), ["t-1", "t-2"]);
    assert.deepEqual(accountsOf("quickbooks", [{ intuitaccountid: "310687" }, { intuitaccountid: "9130347" }]), ["310687", "9130347"]);
    const ofApp = { links: { payment: "PM1", organisation: "OR1" } };
    assert.deepEqual(accountsOf("gocardless", { events: [ofApp, { links: { payment: "PM2" } }] }), ["OR1", undefined]);
  });

  it("HubSpot has an ID of its own for each association, although HubSpot's may repeat", () => {
    const change = { portalId: 33, subscriptionId: 2, eventId: 1, occurredAt: 1_761_991_200_000, fromObjectId: 1 };
    const idsOf = (...events: object[]) => read("hubspot", JSON.stringify(events)).map(({ eventId }) => eventId);
    const [first, second] = idsOf({ ...change, toObjectId: 2 }, { ...change, toObjectId: 3 });
    assert.notEqual(first, second);
    assert.deepEqual(idsOf({ ...change, toObjectId: 3, attemptNumber: 1 }), [second]);
  });

  it("Intercom has a URL that Intercom checks by a HEAD", () =>
    assert.equal(describedProvider(descriptionOf("intercom")).answersHead, true));

  it("Twitch says whether the subscription is enabled, and why Twitch has revoked it", () => {
    const [event] = read("twitch", bodyOf("twitch"));
    assert.equal(event.eventType, "channel.follow.enabled");
    const [revoked] = read("twitch", bodyOf("twitch").replace('"status":"enabled"', '"status":"authorization_revoked"'));
    assert.equal(revoked.eventType, "channel.follow.authorization_revoked");
  });

  const oneEach = (name: string, ...bodies: object[]) => {
    const ids = bodies.map((body) => read(name, JSON.stringify(body))[0].eventId);
    assert.equal(new Set(ids).size, bodies.length, ids.join(", "));
    assert.equal(read(name, JSON.stringify(bodies[0]))[0].eventId, ids[0]);
  };

  it("Linear is told apart by the object that it is about, wherever the event has it", () => {
    const event = { webhookId: "w", type: "IssueSLA", action: "breached", createdAt: "2026-11-28T00:00:00.000Z" };
    for (const object of ["data", "issueData", "agentSession", "agentActivity"])
      oneEach("linear", { ...event, [object]: { id: "1" } }, { ...event, [object]: { id: "2" } });
  });

  it("Figma is told apart from another one of the same second", () => {
    const event = { webhook_id: "22", event_type: "FILE_COMMENT", file_key: "k", timestamp: "2020-02-23T20:27:16Z" };
    oneEach("figma", { ...event, comment_id: "1" }, { ...event, comment_id: "2" });
  });

  it("HubSpot is told apart from a change of another property at the same moment", () => {
    const event = { portalId: 1, subscriptionId: 2, eventId: 3, objectId: 4, occurredAt: 1_764_288_000_000 };
    oneEach("hubspot", [{ ...event, propertyName: "email" }], [{ ...event, propertyName: "phone" }]);
  });

  for (const [name, path] of [
    ["discord", ["event", "timestamp"]],
    ["lemon-squeezy", ["data", "attributes", "updated_at"]],
    ["replicate", ["completed_at"]],
  ] as const)
    it(`${name} has the time in ${path.join(".")}`, () => {
      const body = bodyOf(name);
      const written = at(JSON.parse(body) as Json, ...path) as string;
      assert.equal(read(name, body)[0].occurredAt?.slice(0, 19), written.slice(0, 19));
    });

  it("Mollie is a test in test mode", () => {
    const [live] = read("mollie", bodyOf("mollie"));
    const [test] = read("mollie", bodyOf("mollie").replace('"mode":"live"', '"mode":"test"'));
    assert.deepEqual([live.test, test.test], [false, true]);
  });

  it("Gitea is JSON: of a form, Gitea signs the field, not the body", () => {
    assert.deepEqual(descriptionOf("gitea").mediaTypes, ["json"]);
  });
});

describe("A signature of Docusign's", () => {
  const description = descriptionOf("docusign");
  const provider = describedProvider(description);
  const body = Buffer.from('{"event":"envelope-completed"}');
  const signed = (key: string) => createHmac("sha256", key).update(body).digest("base64");
  const accepts = (headers: Record<string, string>) =>
    passes(() =>
      provider.verify(webhookRequest(body, { "content-type": "application/json", ...headers }), [{ secret: "key" }], new Date()),
    );

  for (let place = 1; place <= 8; place++)
    it(`counts in the header of key ${place}`, async () => {
      const others = { "x-docusign-signature-1": signed("another"), "x-docusign-signature-2": signed("a third") };
      assert.ok(await accepts({ ...others, [`x-docusign-signature-${place}`]: signed("key") }));
      assert.ok(!(await accepts({ ...others, [`x-docusign-signature-${place}`]: signed("a fourth") })));
    });

  it("is in no log, whichever header has it", () =>
    assert.deepEqual(
      confidentialHeaders({ provider: "docusign", description }),
      Array.from({ length: 8 }, (_, index) => `x-docusign-signature-${index + 1}`),
    ));
});

describe("A signature of Box's", () => {
  it("counts with either key: Box signs with both, so that one can be replaced", async () => {
    const provider = describedProvider(descriptionOf("box"));
    const time = new Date();
    const signed = (key: string) => createHmac("sha256", key).update(`{}${time.toISOString()}`).digest("base64");
    const accepts = (primary: string, secondary: string) => {
      const signatures = { "box-signature-primary": signed(primary), "box-signature-secondary": signed(secondary) };
      const headers = { "content-type": "application/json", "box-delivery-timestamp": time.toISOString(), ...signatures };
      return passes(() => provider.verify(webhookRequest(Buffer.from("{}"), headers), [{ secret: "key" }], time));
    };
    assert.deepEqual([await accepts("key", "new"), await accepts("new", "key"), await accepts("new", "another")], [true, true, false]);
  });
});

describe("A path that begins with $", () => {
  const provider = describedProvider({ ...descriptionOf("line"), account: { path: "$.account" } });

  it("leads to the delivery, even if the item has such a key", () => {
    const event = { account: "delivery", events: [{ $: { account: "item" }, account: "item" }] } as unknown as Json;
    assert.equal(provider.originOf!(event, webhookRequest(Buffer.alloc(0), {})).account, "delivery");
  });
});
