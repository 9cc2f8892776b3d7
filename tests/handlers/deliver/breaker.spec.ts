import * as assert from "node:assert/strict";
import { Deliverer } from "../../helpers/deliverer";

describe("The breaker", () => {
  const deliverer = new Deliverer();
  const answering = (status: number) => (deliverer.endpoint.answer = () => status);
  // Otherwise, a window of five minutes might end within a test.
  beforeEach(() => void deliverer.freeze());
  let sent = 0;
  /** Sends events of their own, each in a batch. */
  async function send(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      deliverer.transactionId = `stripe#breaker_${sent++}`;
      await deliverer.store();
      await deliverer.deliver(deliverer.record());
    }
  }
  const counts = async () => {
    const { failures_in_row: row, window_sent: all, window_failed: failed } = await deliverer.state();
    return { row, all, failed };
  };

  it("opens after 20 failures in a row: it disables the mapping, and nothing more is sent", async () => {
    answering(503);
    await send(19);
    assert.deepEqual([(await deliverer.state()).paused, deliverer.mappings()], [undefined, []]);
    await send(3);
    const { paused, pause_reason } = await deliverer.state();
    assert.deepEqual([paused, pause_reason, deliverer.mappings()], ["breaker", "20 attempts failed in a row.", [false]]);
    assert.equal(deliverer.endpoint.received.length, 20);
  });

  it("counts dead letters as failures: an endpoint that refuses everything gets no more than 20 of them", async () => {
    answering(400);
    await send(22);
    assert.deepEqual([(await deliverer.state()).paused, deliverer.deadLetters().length], ["breaker", 20]);
  });

  it("counts anew after a success", async () => {
    answering(503);
    await send(19);
    answering(204);
    await send(6);
    answering(503);
    await send(1);
    assert.deepEqual(await counts(), { row: 1, all: 26, failed: 20 });
    assert.equal((await deliverer.state()).paused, "breaker", "20 of 26 are more than 70 %");
  });

  it("opens if 70 % of at least 20 attempts fail within five minutes", async () => {
    // Three of ten succeed.
    for (let tens = 0; tens < 2; tens++) {
      answering(204);
      await send(3);
      answering(503);
      await send(tens === 0 ? 7 : 6);
    }
    assert.equal((await deliverer.state()).paused, undefined);
    await send(1);
    const { paused, pause_reason } = await deliverer.state();
    assert.deepEqual([paused, pause_reason], ["breaker", "14 of 20 attempts failed within five minutes."]);
  });

  it("stays closed if fewer fail", async () => {
    for (let times = 0; times < 12; times++) {
      answering(204);
      await send(1);
      answering(503);
      await send(2);
    }
    assert.deepEqual([(await deliverer.state()).paused, await counts()], [undefined, { row: 2, all: 36, failed: 24 }]);
  });

  it("writes nothing for successes, and once for the first after failures", async () => {
    const writes: string[] = [];
    answering(503);
    await send(2);
    answering(204);
    deliverer.tables.before = (call) => void (call === "UpdateItem" && writes.push(call));
    await send(5);
    assert.equal(writes.length, 1);
  });

  it("counts in windows of five minutes, and a late failure in that after its own", async () => {
    const lastSecond = deliverer.freeze(Date.parse("2026-01-31T12:04:59Z"));
    answering(503);
    await send(2);
    assert.deepEqual(await counts(), { row: 2, all: 2, failed: 2 });
    deliverer.freeze(lastSecond + 1_000);
    await send(1);
    assert.deepEqual(await counts(), { row: 3, all: 1, failed: 1 });
    deliverer.freeze(lastSecond);
    await send(1);
    assert.deepEqual(await counts(), { row: 4, all: 2, failed: 2 });
  });

  it("loses no count if two containers begin a window at once", async () => {
    answering(503);
    let overtook = false;
    deliverer.tables.before = async (call) => {
      if (call !== "UpdateItem" || overtook) return;
      overtook = true;
      const { transactionId } = deliverer;
      await send(1);
      deliverer.transactionId = transactionId;
    };
    await send(1);
    assert.deepEqual(await counts(), { row: 2, all: 2, failed: 2 });
  });

  for (const cause of ["operator", "endpoint"])
    it(`changes nothing if the destination is paused by ${cause} meanwhile`, async () => {
      answering(503);
      await send(19);
      deliverer.endpoint.answer = async () => {
        await deliverer.stateIs({ paused: { S: cause }, failures_in_row: { N: "19" } });
        return 503;
      };
      await send(1);
      assert.equal((await deliverer.state()).paused, cause);
    });
});
