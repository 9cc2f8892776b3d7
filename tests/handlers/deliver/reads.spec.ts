import * as assert from "node:assert/strict";
import { Variable } from "../../../domain/variables";
import { Deliverer } from "../../helpers/deliverer";

describe("The reads of a delivery", () => {
  const deliverer = new Deliverer();
  let reads: [table: string, consistent: boolean][];
  beforeEach(() => {
    reads = [];
    deliverer.tables.before = (call, input) => {
      if (call === "GetItem") reads.push([input.TableName as string, input.ConsistentRead as boolean]);
    };
  });
  const events = process.env[Variable.tableName]!;
  const ofEvents = () => reads.filter(([table]) => table === events).map(([, consistent]) => consistent);

  it("cost half, because none of them is consistent", async () => {
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(
      reads.map(([, consistent]) => consistent),
      [false, false, false],
    );
  });

  describe("of the destination's state", () => {
    const ofState = () => reads.length - 2 * deliverer.endpoint.received.length;
    /** Stores events. @returns their records */
    async function several(count: number) {
      const records = [];
      for (let number = 0; number < count; number++) {
        deliverer.transactionId = `stripe#${deliverer.name}_${number}`;
        await deliverer.store();
        records.push(deliverer.record({}, { id: `message-${number}` }));
      }
      return records;
    }

    it("happen once for a batch that takes less than a second", async () => {
      deliverer.freeze();
      await deliverer.deliver(...(await several(5)));
      assert.deepEqual([ofState(), deliverer.endpoint.received.length], [1, 5]);
    });

    it("happen again after a second, so that nothing more is sent to a destination that is paused meanwhile", async () => {
      let now = deliverer.freeze();
      deliverer.endpoint.answer = async () => {
        deliverer.freeze((now += 600));
        if (deliverer.endpoint.received.length === 2) await deliverer.stateIs({ paused: { S: "operator" } });
        return 204;
      };
      const { staying } = await deliverer.deliver(...(await several(5)));
      assert.deepEqual([deliverer.endpoint.received.length, staying], [2, ["message-2", "message-3", "message-4"]]);
    });

    it("happen again after a failure, so that the next success ends the failures in a row", async () => {
      deliverer.freeze();
      deliverer.endpoint.answer = () => (deliverer.endpoint.received.length === 2 ? 503 : 204);
      await deliverer.deliver(...(await several(5)));
      assert.deepEqual([ofState(), (await deliverer.state()).failures_in_row], [3, 0]);
    });
  });

  it("are repeated consistently for an event that seems not to be processed yet", async () => {
    const { before } = deliverer.tables;
    await deliverer.tables.put(events, { transaction_id: { S: deliverer.transactionId }, status: { S: "RECEIVED" } });
    deliverer.tables.before = async (call, input) => {
      await before(call, input);
      if (input.ConsistentRead === true) await deliverer.store();
    };
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(ofEvents(), [false, true]);
    const [{ body }] = deliverer.endpoint.received;
    assert.equal((JSON.parse(String(body)) as { type: string }).type, "payment.succeeded");
  });
});
