import * as assert from "node:assert/strict";
import { Deliverer } from "../../helpers/deliverer";

describe("A success that can't be recorded", () => {
  const deliverer = new Deliverer();
  const cannotRecord = () => {
    deliverer.tables.before = (call) => {
      if (call === "PutItem") throw new Error("denied");
    };
  };

  it("is done if it is the first: nothing tells of a failure", async () => {
    cannotRecord();
    const { staying } = await deliverer.deliver(deliverer.record());
    assert.deepEqual([staying, await deliverer.row()], [[], undefined]);
  });

  it("is sent again after 15 minutes if its row tells of a failure, and then corrects it", async () => {
    deliverer.endpoint.answer = () => 503;
    await deliverer.deliver(deliverer.record());
    deliverer.endpoint.answer = () => 204;
    cannotRecord();
    const { staying } = await deliverer.deliver(deliverer.record());
    assert.deepEqual([staying, deliverer.hidden().at(-1), (await deliverer.row())!.status], [["message-1"], 900, "OPEN"]);
    deliverer.tables.before = () => {};
    await deliverer.deliver(deliverer.record());
    assert.deepEqual([(await deliverer.row())!.status, deliverer.endpoint.received.length], ["DELIVERED", 3]);
  });

  it("is not repeated for ever: a delivered row of an earlier generation stays", async () => {
    await deliverer.deliver(deliverer.record());
    cannotRecord();
    const { staying } = await deliverer.deliver(deliverer.record({ generation: "redelivery-1", trigger: "redelivery" }));
    assert.deepEqual([staying, (await deliverer.row())!.generation], [[], ""]);
  });
});
