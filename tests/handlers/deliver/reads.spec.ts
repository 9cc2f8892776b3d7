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
