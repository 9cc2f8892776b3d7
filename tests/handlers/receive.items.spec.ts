import * as assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { ProviderDescription } from "../../domain/description";
import { payloadInItem } from "../../domain/payload";
import { apiEvent, withSettings } from "../../testbed/handlers";
import { describing, mac } from "../helpers/described";
import { GetSecretValueCommand, PutItemCommand } from "../helpers/jsonMocks";
import { Receiver } from "../helpers/receiver";

const item = (pspReference: string, changes: object = {}) => ({
  NotificationRequestItem: {
    pspReference,
    merchantAccountCode: "Shop",
    merchantReference: "order",
    amount: { value: 1130, currency: "EUR" },
    eventCode: "CAPTURE",
    success: "true",
    ...changes,
  },
});
const delivery = (...items: object[]) => ({ live: "true", notificationItems: items });

describe("A delivery of several events", () => {
  const receiver = new Receiver();
  const { receive, signed, puts, refusedWithout } = receiver;
  const storedIds = () => puts().map(({ Item }) => Item!.transaction_id.S!);

  it("is stored as one item each, with a payload that has this one alone", async () => {
    const { status, text, transactionId } = await receive(signed("adyen", delivery(item("A"), item("B"))));
    assert.deepEqual([status, text], [200, "[accepted]"]);
    const bodies = puts().map(({ Item }) => JSON.parse(Buffer.from(payloadInItem(Item!)!).toString()) as ReturnType<typeof delivery>);
    const references = bodies.map(({ notificationItems }) =>
      notificationItems.map((one) => (one as ReturnType<typeof item>).NotificationRequestItem.pspReference),
    );
    assert.deepEqual(references, [["A"], ["B"]]);
    assert.ok(bodies.every(({ live }) => live === "true"));
    assert.equal(new Set(storedIds()).size, 2);
    assert.equal(transactionId, storedIds()[0]);
  });

  it("has the same events however a redelivery groups them", async () => {
    await receive(signed("adyen", delivery(item("A"), item("B"), item("C"))));
    await receive(signed("adyen", delivery(item("C"))));
    await receive(signed("adyen", delivery(item("B"), item("A"))));
    const [a, b, c, again, second, first] = storedIds();
    assert.deepEqual([again, second, first], [c, b, a]);
  });

  it("is acknowledged only once all are stored, and a redelivery completes the rest", async () => {
    const stored = new Set<string>();
    let failing = true;
    receiver.dynamodb.on(PutItemCommand).callsFake(({ Item }: { Item: Record<string, { S: string }> }) => {
      const id = Item.transaction_id.S;
      if (stored.has(id)) throw new ConditionalCheckFailedException({ message: "failed", $metadata: {} });
      if (failing && stored.size === 2) throw new Error("throttled");
      stored.add(id);
    });
    const items = ["A", "B", "C", "D"].map((reference) => item(reference));
    assert.equal((await receive(signed("adyen", delivery(...items)))).status, 503);
    failing = false;
    assert.equal((await receive(signed("adyen", delivery(...items)))).status, 200);
    assert.equal(stored.size, 4);
  });

  it("is refused as a whole, before any is stored, if one cannot be an event", () =>
    refusedWithout(signed("adyen", delivery(item("A"), item("", {}))), 400, "malformed"));

  it("of Twilio's Event Streams has its events, however a redelivery batches them", async () => {
    const deliver = (...ids: string[]) => {
      const body = JSON.stringify(ids.map((id) => ({ id, type: "com.twilio.messaging.message.sent" })));
      const bodySHA256 = createHash("sha256").update(body).digest("hex");
      const { authToken, url } = receiver.signing.twilio;
      const signature = createHmac("sha1", authToken).update(`${url}?bodySHA256=${bodySHA256}`).digest("base64");
      const headers = { "content-type": "application/json", "x-twilio-signature": signature };
      return receive(apiEvent("twilio", body, headers, { queryStringParameters: { bodySHA256 } }));
    };
    const { status, text } = await deliver("EZ1", "EZ2");
    assert.deepEqual([status, text], [200, "<Response/>"]);
    await deliver("EZ2");
    assert.deepEqual(storedIds(), ["twilio#EZ1", "twilio#EZ2", "twilio#EZ2"]);
  });

  it("is filtered event by event", async () => {
    await withSettings({ adyen: { provider: "adyen", events: ["REFUND"] } }, async () => {
      await receive(signed("adyen", delivery(item("A"), item("B", { eventCode: "REFUND" }))));
    });
    assert.deepEqual(
      puts().map(({ Item }) => Item!.event_type.S),
      ["REFUND"],
    );
  });

  describe("of a described source", () => {
    beforeEach(() => receiver.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: '{"secret":"s"}' }));

    const send = (body: string, changes: Partial<ProviderDescription> = {}, headers: Record<string, string> = {}) => {
      const description = describing({}, { items: "events", identity: { paths: ["id"] }, type: { paths: ["type"] }, ...changes });
      const signed = { "content-type": "application/json", "x-signature": mac(body), ...headers };
      return withSettings({ acme: { provider: "custom", description } }, () => receive(apiEvent("acme", body, signed)));
    };
    const list = (count: number) => JSON.stringify({ events: Array.from({ length: count }, (_, id) => ({ id, type: "x" })) });

    it("is refused, and nothing stored, with more items than may become events", async () => {
      assert.equal((await send(list(1_000))).status, 202);
      assert.equal(puts().length, 1_000);
      receiver.dynamodb.resetHistory();
      const { status, body } = await send(list(1_001));
      assert.deepEqual([status, body.error, puts().length], [413, "too_large", 0]);
    });

    it("has items of their own although one signed ID is in a header, the same at each delivery", async () => {
      const body = '{"events":[{"type":"a"},{"type":"b"},{"type":"c"}]}';
      const changes: Partial<ProviderDescription> = { ...describing({ signed: "{id}.{body}" }), identity: { header: "x-id" } };
      const deliver = (id: string) => send(body, { ...changes, items: "events" }, { "x-id": id, "x-signature": mac(`${id}.${body}`) });
      for (const id of ["d1", "d1", "d2"]) assert.equal((await deliver(id)).status, 202);
      const [first, again, other] = [0, 3, 6].map((from) => storedIds().slice(from, from + 3));
      assert.equal(new Set(first).size, 3);
      assert.deepEqual(again, first);
      assert.equal(new Set([...first, ...other]).size, 6);
    });

    it("is one event if there is no list, or a form holds it: none of its items identifies it", async () => {
      for (const body of ['{"events":{"0":{"id":"7"}}}', '{"id":"7"}']) await send(body);
      const form = `json=${encodeURIComponent('{"events":[{"id":1},{"id":2}]}')}`;
      await send(form, { jsonField: "json" }, { "content-type": "application/x-www-form-urlencoded" });
      const [, byId] = storedIds();
      assert.equal(byId, "acme#7");
      for (const index of [0, 2]) assert.match(storedIds()[index], /^acme#[0-9a-f]{64}$/);
    });

    it("may have items that are no objects", async () => {
      await send('{"id":"e1","events":[null,1,"x"]}');
      assert.equal(new Set(storedIds()).size, 3);
    });
  });
});
