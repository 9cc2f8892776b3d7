import * as assert from "node:assert/strict";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EveryProviderPipeline } from "../../../local/pipeline";
import { planOf } from "../../../testbed/chaos/plan";
import { sendAll, type Sent } from "../../../testbed/chaos/traffic";
import { startedEndpoint } from "../../helpers/endpoint";
import { pipelineAt } from "../../helpers/pipelineAt";

describe("The clients of a chaos run", () => {
  const endpoint = startedEndpoint();
  const { deliveries } = planOf(1, 10);
  let pipeline: EveryProviderPipeline;
  before(async () => (pipeline = await pipelineAt(endpoint.url)));
  afterEach(() => mock.timers.reset());

  /** Sends while many events are under way. */
  function sendAmongMany() {
    const interrupted = new AbortController();
    const sent: Sent = { sendings: [], retries: 0, underWay: 100 };
    return { interrupted, sent, sending: sendAll(pipeline, deliveries, { clients: 3, seed: 1 }, sent, interrupted.signal) };
  }

  it("send nothing while many events are under way, and everything afterwards", async () => {
    const { sent, sending } = sendAmongMany();
    await sleep(200);
    assert.equal(endpoint.received.length, 0);
    sent.underWay = 10;
    await sending;
    assert.equal(sent.sendings.length, deliveries.length);
  });

  it("end while they wait, if they are told", async () => {
    const { interrupted, sending } = sendAmongMany();
    interrupted.abort();
    await sending;
    assert.equal(endpoint.received.length, 0);
  });

  it("do not wait for ever", async () => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const { sending } = sendAmongMany();
    mock.timers.tick(120_001);
    await assert.rejects(sending, { message: /^24 events or more were under way for 120 s: the local AWS has stopped\./ });
  });
});
