import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { payloadInItem } from "../../domain/payload";
import { withSettings } from "../../testbed/handlers";
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

  it("is filtered event by event", async () => {
    await withSettings({ adyen: { provider: "adyen", events: ["REFUND"] } }, async () => {
      await receive(signed("adyen", delivery(item("A"), item("B", { eventCode: "REFUND" }))));
    });
    assert.deepEqual(
      puts().map(({ Item }) => Item!.event_type.S),
      ["REFUND"],
    );
  });
});
