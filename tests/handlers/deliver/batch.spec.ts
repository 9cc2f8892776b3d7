import * as assert from "node:assert/strict";
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";
import { Deliverer } from "../../helpers/deliverer";

describe("A batch", () => {
  const deliverer = new Deliverer();
  const ids = ["1", "2", "3"];
  const batch = (of: readonly string[] = ids) =>
    of.map((id) => deliverer.record({ detail: { transactionId: `${deliverer.transactionId}-${id}` } }, { id }));
  const requests = () => deliverer.endpoint.received.length;
  beforeEach(async () => {
    const { transactionId } = deliverer;
    for (const id of ids) await deliverer.store({ transaction_id: { S: `${transactionId}-${id}` } });
  });

  it("is sent one message after the other, and reported in one line with its metrics", async () => {
    let [open, most] = [0, 0];
    deliverer.endpoint.answer = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 20));
      open -= 1;
      return requests() === 2 ? 503 : 204;
    };
    const { staying, lines } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, requests(), most], [["2"], 3, 1]);
    const { destination, environment, EventsDelivered, DeliveryFailures, delivered, again } = lines.at(-1)!;
    assert.deepEqual([destination, environment], [deliverer.name, "test"]);
    assert.deepEqual([EventsDelivered, DeliveryFailures, delivered, again], [2, 1, 2, 1]);
    const [{ Dimensions }] = (lines.at(-1)!._aws as { CloudWatchMetrics: { Dimensions: string[][] }[] }).CloudWatchMetrics;
    assert.ok(Dimensions[0].includes("destination"));
  });

  it("begins no send that might outlast the function, and gives the rest back at once", async () => {
    deliverer.endpoint.answer = () => {
      deliverer.remaining = 19_999;
      return 204;
    };
    const { staying } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, requests(), deliverer.hidden(), deliverer.slept], [["2", "3"], 1, [0, 0], [0]]);
  });

  for (const cause of ["operator", "endpoint", "breaker"])
    it(`is not sent while the destination is paused by ${cause}: it is held for five seconds, and given back`, async () => {
      await deliverer.stateIs({ paused: { S: cause } });
      const { staying } = await deliverer.deliver(...batch());
      assert.deepEqual([staying, requests(), deliverer.hidden(), deliverer.slept], [ids, 0, [0, 0, 0], [5_000]]);
    });

  it("is held no longer than the function runs", async () => {
    for (const [remaining, held] of [
      [20_000, 5_000],
      [7_000, 4_000],
      [2_000, 0],
    ]) {
      deliverer.configure({ timeoutSeconds: 1 });
      deliverer.slept.length = 0;
      deliverer.remaining = 60_000;
      deliverer.endpoint.answer = () => {
        deliverer.remaining = remaining;
        return 410;
      };
      await deliverer.deliver(...batch());
      assert.equal(deliverer.slept.at(-1), held);
    }
  });

  it("is given back for minutes if its mapping can't be disabled: SQS would move what is received too often", async () => {
    deliverer.endpoint.answer = () => 410;
    deliverer.lambda.on(UpdateEventSourceMappingCommand).rejects(new Error("denied"));
    const { staying } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, deliverer.hidden()], [ids, [300, 300, 300]]);
  });

  for (const [what, ago, seconds] of [
    ["at once while its mapping is being disabled", 60_000, 0],
    ["for minutes if its mapping still delivers long after a pause began", 180_000, 300],
  ] as const)
    it(`is given back ${what}`, async () => {
      await deliverer.stateIs({ paused: { S: "operator" }, paused_at: { S: new Date(Date.now() - ago).toISOString() } });
      await deliverer.deliver(...batch());
      assert.deepEqual(deliverer.hidden(), [seconds, seconds, seconds]);
    });

  for (const [answer, headers] of [
    [410, {}],
    [401, {}],
    [403, {}],
    [503, { "webhook-delivery": "disable" }],
  ] as const)
    it(`pauses the destination if it answers ${answer} ${JSON.stringify(headers)}, and loses nothing`, async () => {
      deliverer.endpoint.answer = (_request, response) => void response.writeHead(answer, headers).end();
      const { staying } = await deliverer.deliver(...batch());
      assert.deepEqual([staying, deliverer.hidden(), deliverer.mappings()], [ids, [30, 0, 0], [false]]);
      const { paused, paused_at, pause_reason } = await deliverer.state();
      assert.equal(paused, "endpoint");
      assert.ok(paused_at);
      assert.match(String(pause_reason), new RegExp(`^It answered ${answer}`));
      deliverer.transactionId += "-1";
      const { status, attempts, history, next_at } = (await deliverer.row())!;
      assert.deepEqual([status, attempts, (history as object[]).length, next_at], ["OPEN", 0, 1, undefined]);
      assert.equal(deliverer.deadLetters().length, 0);
    });

  it("pauses the destination if its address is not public: nothing is sent", async () => {
    deliverer.configure({ url: `https://127.0.0.1:${deliverer.endpoint.port}/` }, false);
    const { staying } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, requests()], [ids, 0]);
    assert.deepEqual([(await deliverer.state()).paused, deliverer.mappings()], ["endpoint", [false]]);
  });

  it("goes on after an error of one message, which it puts off for a minute", async () => {
    deliverer.tables.before = (call, input) => {
      if (call === "GetItem" && JSON.stringify(input).includes(`${deliverer.transactionId}-1"`)) throw new Error("damaged");
    };
    const { staying, lines } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, requests(), deliverer.hidden()], [["1"], 2, [60]]);
    assert.equal(lines.at(-1)!.error, 1);
  });

  it("is given back after two errors in a row: the store is to blame", async () => {
    deliverer.tables.before = () => {
      throw new Error("outage");
    };
    const { staying } = await deliverer.deliver(...batch());
    assert.deepEqual([staying, requests(), deliverer.hidden(), deliverer.slept], [ids, 0, [60, 60, 60], [5_000]]);
  });

  it("is delivered even if SQS or Lambda fail", async () => {
    deliverer.sqs.on(ChangeMessageVisibilityCommand).rejects(new Error("outage"));
    deliverer.lambda.on(ListEventSourceMappingsCommand).rejects(new Error("outage"));
    deliverer.endpoint.answer = () => (requests() === 1 ? 503 : 410);
    const { staying, output } = await deliverer.deliver(...batch());
    assert.deepEqual(staying, ids);
    assert.match(output, /The message stays hidden.*The event source mapping was not changed/s);
  });

  it("of a queue that no destination has is an error", async () => {
    const record = { ...deliverer.record(), eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:webhook-to-others-test" };
    await assert.rejects(deliverer.deliver(record), { message: "No destination has the queue webhook-to-others-test." });
  });

  it("changes no mapping that is as it should be", async () => {
    deliverer.mapping = "Disabled";
    deliverer.endpoint.answer = () => 410;
    await deliverer.deliver(...batch());
    assert.deepEqual(deliverer.mappings(), []);
  });
});
