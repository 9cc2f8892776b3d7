import * as assert from "node:assert/strict";
import type { DeliveryMessage } from "../../../domain/destinations";
import { Deliverer } from "../../helpers/deliverer";

describe("Concurrent copies of a message", () => {
  const deliverer = new Deliverer();
  /** Lets another copy be delivered completely while this one waits for its answer. */
  async function overtaken(first: number, second: number, copy: Partial<DeliveryMessage> = {}, message = {}, sentAt = Date.now() + 1_000) {
    let overtook = false;
    deliverer.endpoint.answer = async () => {
      if (overtook) return second;
      overtook = true;
      await deliverer.deliver(deliverer.record(copy, { id: "copy", sentAt }));
      return first;
    };
    return deliverer.deliver(deliverer.record(message, { sentAt: Math.min(sentAt, Date.now()) }));
  }

  for (const late of [503, 400, 410, 200])
    it(`leave DELIVERED as it is if the later answer is ${late}`, async () => {
      const { staying } = await overtaken(late, 204);
      const { status, attempts } = (await deliverer.row())!;
      assert.deepEqual([status, attempts, staying], ["DELIVERED", 1, []]);
    });

  it("become DELIVERED if the later answer is a success", async () => {
    await overtaken(204, 400);
    assert.equal((await deliverer.row())!.status, "DELIVERED");
  });

  it("leave FAILED as it is if the later answer is a failure", async () => {
    const { staying } = await overtaken(503, 400);
    assert.deepEqual([(await deliverer.row())!.status, staying], ["FAILED", []]);
  });

  for (const [late, redelivered] of [
    [204, 503],
    [503, 204],
    [400, 503],
  ])
    it(`of an earlier generation write nothing into the row of a later one (${late} after ${redelivered})`, async () => {
      const { staying } = await overtaken(late, redelivered, { trigger: "redelivery", generation: "redelivery-1" });
      const { generation, attempts, status } = (await deliverer.row())!;
      assert.deepEqual([generation, attempts, status, staying], ["redelivery-1", 1, redelivered === 204 ? "DELIVERED" : "OPEN", []]);
    });

  it("of generations of the same time leave the row to the one that wrote first", async () => {
    await overtaken(204, 503, { generation: "redelivery-1" }, { generation: "redelivery-2" }, Date.now() - 1_000);
    const { generation, status } = (await deliverer.row())!;
    assert.deepEqual([generation, status], ["redelivery-1", "OPEN"]);
  });
});

describe("A crash", () => {
  const deliverer = new Deliverer();
  const crash = () => {
    throw new Error("crash");
  };
  /** Delivers a message, and again what SQS delivers again. The function does not come to its end in the first run. */
  async function twice() {
    await deliverer.deliver(deliverer.record()).catch(() => undefined);
    Object.assign(deliverer.tables, { before: () => {}, after: () => {} });
    return deliverer.deliver(deliverer.record());
  }

  it("before the send repeats nothing", async () => {
    deliverer.tables.after = (call) => void (call === "GetItem" && crash());
    assert.deepEqual((await twice()).staying, []);
    assert.equal(deliverer.endpoint.received.length, 1);
  });

  it("after the send, before the record, sends the one permitted duplicate", async () => {
    // The container dies while the endpoint answers: nothing after it happens.
    const { send } = deliverer.surroundings;
    deliverer.surroundings.send = async (request) => {
      await send(request);
      return crash();
    };
    await deliverer.deliver(deliverer.record());
    deliverer.surroundings.send = send;
    for (let times = 0; times < 3; times++) await deliverer.deliver(deliverer.record());
    assert.equal(deliverer.endpoint.received.length, 2);
    assert.equal(new Set(deliverer.endpoint.received.map(({ headers }) => headers["webhook-id"])).size, 1);
  });

  it("after the record, before the message is deleted, sends no duplicate", async () => {
    for (let times = 0; times < 3; times++) assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
    assert.equal(deliverer.endpoint.received.length, 1);
  });

  it("of a record whose answer is lost sends no duplicate", async () => {
    deliverer.tables.after = (call) => void (call === "PutItem" && crash());
    assert.deepEqual((await twice()).staying, []);
    assert.equal(deliverer.endpoint.received.length, 1);
  });

  it("of the table after a success deletes the message: nothing is sent again", async () => {
    deliverer.tables.before = (call) => void (call === "PutItem" && crash());
    const { staying, output } = await deliverer.deliver(deliverer.record());
    assert.deepEqual([staying, deliverer.endpoint.received.length], [[], 1]);
    assert.match(output, /Delivered, but not recorded/);
  });

  it("between dead letter and row leaves both in the end", async () => {
    deliverer.endpoint.answer = () => 400;
    deliverer.tables.before = (call) => void (call === "PutItem" && crash());
    assert.deepEqual((await twice()).staying, []);
    assert.deepEqual([(await deliverer.row())!.status, deliverer.deadLetters().length], ["FAILED", 2]);
  });
});
