import * as assert from "node:assert/strict";
import type { DeliveryMessage } from "../../../domain/destinations";
import { Deliverer } from "../../helpers/deliverer";

const day = 24 * 3_600_000;

describe("A delivery", () => {
  const deliverer = new Deliverer();
  const requests = () => deliverer.endpoint.received.length;
  const answering = (status: number) => (deliverer.endpoint.answer = () => status);
  const redelivery = (generation: string): Partial<DeliveryMessage> => ({ trigger: "redelivery", generation });

  it("that succeeds at once is one write: a row that says DELIVERED", async () => {
    const writes: string[] = [];
    deliverer.tables.before = (call) => void (/^(Put|Update)/.test(call) && writes.push(call));
    const before = Date.now();
    const { staying } = await deliverer.deliver(deliverer.record({}, { sentAt: 5 }));
    const { history, since, finished_at, expires_at, ...row } = (await deliverer.row())!;
    assert.deepEqual([staying, writes], [[], ["PutItem"]]);
    assert.deepEqual(row, {
      delivery_id: `${deliverer.name}#${deliverer.transactionId}`,
      destination: deliverer.name,
      transaction_id: deliverer.transactionId,
      status: "DELIVERED",
      generation: "",
      generation_at: 5,
      trigger: "event",
      attempts: 1,
    });
    const [attempt, ...others] = history as Record<string, unknown>[];
    assert.deepEqual([attempt.status, others, Object.keys(attempt).sort()], [204, [], ["at", "durationMs", "status"]]);
    assert.ok(Date.parse(since as string) >= before && (since as string) <= (finished_at as string));
    assert.ok((expires_at as number) * 1_000 > Date.now() + 14 * day, "longer than a copy of the message can wait");
    assert.ok(JSON.stringify(row).length + JSON.stringify(history).length < 1_000, "one write unit");
  });

  it("expires with its event", async () => {
    const expires = Math.round(Date.now() / 1_000) + 90 * 86_400;
    await deliverer.store({ expires_at: { N: String(expires) } });
    await deliverer.deliver(deliverer.record());
    assert.equal((await deliverer.row())!.expires_at, expires);
  });

  it("that fails is OPEN, and in the index, until it succeeds", async () => {
    deliverer.endpoint.answer = (_request, response) => void response.writeHead(503).end("overloaded");
    const now = deliverer.freeze();
    deliverer.surroundings.random = () => 0.5;
    const { staying } = await deliverer.deliver(deliverer.record());
    assert.deepEqual(staying, ["message-1"]);
    const { status, attempts, undelivered, next_at, error, history, finished_at } = (await deliverer.row())!;
    assert.deepEqual([status, attempts, undelivered, error], ["OPEN", 1, `${deliverer.name}#OPEN`, "It answered 503."]);
    assert.equal(next_at, now + 4_500);
    assert.deepEqual([(history as { body: string }[])[0].body, finished_at], ["overloaded", undefined]);
    answering(200);
    assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
    const { undelivered: gone, next_at: never, error: none, ...row } = (await deliverer.row())!;
    assert.deepEqual([row.status, row.attempts, (row.history as object[]).length], ["DELIVERED", 2, 2]);
    assert.deepEqual([gone, never, none], [undefined, undefined, undefined]);
  });

  it("waits by the schedule, with the attempts that the row counts", async () => {
    answering(503);
    for (let attempt = 1; attempt <= 8; attempt++) await deliverer.deliver(deliverer.record());
    const longest = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
    for (const [index, seconds] of deliverer.hidden().entries())
      assert.ok(seconds <= longest[index] && seconds >= longest[index] * 0.8, `${seconds} s`);
    assert.equal(deliverer.hidden().length, 8);
  });

  it("waits as long as the endpoint asks", async () => {
    deliverer.endpoint.answer = (_request, response) => void response.writeHead(429, { "retry-after": "600" }).end();
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(deliverer.hidden(), [600]);
  });

  it("is a dead letter, and then FAILED, when its retry hours are over", async () => {
    deliverer.configure({ retryHours: 1 });
    answering(503);
    for (let attempt = 1; attempt <= 5; attempt++) assert.equal((await deliverer.deliver(deliverer.record())).staying.length, 1);
    const order: string[] = [];
    deliverer.tables.before = (call) => void (call === "PutItem" && order.push(`row after ${deliverer.deadLetters().length} dead letters`));
    assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
    const { destination, transactionId, error, generation } = deliverer.deadLetters()[0];
    assert.deepEqual([destination, transactionId, error, generation], [deliverer.name, deliverer.transactionId, "It answered 503.", ""]);
    const { status, undelivered, attempts, next_at, finished_at } = (await deliverer.row())!;
    assert.deepEqual([status, undelivered, attempts, next_at], ["FAILED", `${deliverer.name}#FAILED`, 6, undefined]);
    assert.ok(finished_at);
    assert.equal((await deliverer.row())!.scheduled_ms, 3_600_000, "the last attempt was at the end of the hour");
    assert.deepEqual([order, requests()], [["row after 1 dead letters"], 6]);
    await deliverer.deliver(deliverer.record());
    assert.deepEqual([requests(), deliverer.deadLetters().length], [6, 1], "a copy changes nothing");
  });

  for (const [what, answer] of [
    ["400", () => 400],
    ["422", () => 422],
  ] as const)
    it(`is a dead letter at once if the endpoint answers ${what}`, async () => {
      deliverer.endpoint.answer = answer;
      assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
      assert.deepEqual([(await deliverer.row())!.status, deliverer.deadLetters().length], ["FAILED", 1]);
    });

  it("is a dead letter if its event has expired: nothing is sent", async () => {
    deliverer.transactionId = "stripe#gone";
    assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
    const { status, attempts, error, history } = (await deliverer.row())!;
    assert.deepEqual([status, attempts, error, history], ["FAILED", 0, "The event has expired, or never was.", []]);
    assert.deepEqual([requests(), deliverer.deadLetters().length], [0, 1]);
    assert.deepEqual(await deliverer.state(), {}, "the endpoint is not to blame");
  });

  it("is a dead letter before SQS forgets its message", async () => {
    answering(503);
    assert.equal((await deliverer.deliver(deliverer.record({}, { sentAt: Date.now() - 12.9 * day }))).staying.length, 1);
    assert.equal((await deliverer.deliver(deliverer.record({}, { sentAt: Date.now() - 13 * day }))).staying.length, 0);
    assert.equal(deliverer.deadLetters().length, 1);
  });

  it("keeps its last 20 attempts", async () => {
    deliverer.configure({ retryHours: 168 });
    for (let attempt = 1; attempt <= 22; attempt++) {
      answering(500 + attempt);
      await deliverer.stateIs({});
      await deliverer.deliver(deliverer.record());
    }
    const { attempts, history } = (await deliverer.row())!;
    assert.deepEqual(
      [attempts, (history as { status: number }[]).map(({ status }) => status - 500)],
      [22, Array.from({ length: 20 }, (_, i) => i + 3)],
    );
  });

  it("is sent once in a generation, however many copies of its message there are", async () => {
    for (let copies = 0; copies < 3; copies++) assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
    assert.equal(requests(), 1);
    for (const generation of ["redelivery-1", "redelivery-1", "redelivery-2"])
      await deliverer.deliver(deliverer.record(redelivery(generation)));
    assert.equal(requests(), 3);
    for (let copies = 0; copies < 2; copies++) await deliverer.deliver(deliverer.record({ "replay-name": "replay-1" }));
    assert.equal(requests(), 4);
    const { generation, trigger, attempts, history } = (await deliverer.row())!;
    assert.deepEqual([generation, trigger, attempts, (history as object[]).length], ["replay-1", "redelivery", 1, 4]);
  });

  it("begins anew with a later generation: attempts, and the time of the first", async () => {
    answering(400);
    await deliverer.deliver(deliverer.record({}, { sentAt: 1 }));
    const first = (await deliverer.row())!;
    answering(503);
    await deliverer.deliver(deliverer.record(redelivery("redelivery-1"), { sentAt: Date.now() }));
    const { status, attempts, since, error, finished_at, scheduled_ms } = (await deliverer.row())!;
    assert.deepEqual([status, attempts, error, finished_at], ["OPEN", 1, "It answered 503.", undefined]);
    assert.ok((scheduled_ms as number) <= 5_000);
    assert.ok((since as string) > (first.since as string));
  });

  for (const status of [204, 400, 503])
    it(`absorbs messages of earlier generations once a later one was answered ${status}`, async () => {
      answering(status);
      await deliverer.deliver(deliverer.record(redelivery("later"), { sentAt: 2_000 }));
      const row = await deliverer.row();
      for (const [message, sentAt] of [
        [redelivery("earlier"), 1_999],
        [redelivery("at the same time"), 2_000],
        // EventBridge may send an event a day late.
        [{}, 9_000],
      ] as const)
        assert.deepEqual((await deliverer.deliver(deliverer.record(message, { sentAt }))).staying, []);
      assert.deepEqual([await deliverer.row(), requests()], [row, 1]);
    });

  it("is a dead letter if its message is no event", async () => {
    const { transactionId } = deliverer;
    const given = (changes: object) => JSON.stringify({ detail: { transactionId }, ...changes });
    const bodies = [
      ...["no JSON", "null", "1", "{}", '{"detail":{}}', '{"detail":{"transactionId":1}}', '{"detail":{"transactionId":""}}'],
      given({ detail: { transactionId: "ä".repeat(1_024) } }),
      given({ trigger: "event\r\nx-forged: 1" }),
      given({ generation: 5 }),
      given({ "replay-name": {} }),
    ];
    for (const body of bodies) assert.deepEqual((await deliverer.deliver({ ...deliverer.record(), body })).staying, []);
    assert.deepEqual([requests(), deliverer.deadLetters().length], [0, bodies.length]);
    assert.deepEqual(deliverer.deadLetters()[0], {
      destination: deliverer.name,
      transactionId: "",
      error: "The message is no event.",
      generation: "",
    });
  });
});
