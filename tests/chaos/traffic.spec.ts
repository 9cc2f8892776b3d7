import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { createSigning } from "../../local/signing";
import { localSources } from "../../local/sources";
import type { EveryProviderPipeline } from "../../local/pipeline";
import { planOf } from "../../testbed/chaos/plan";
import { sendAll, type Sent } from "../../testbed/chaos/traffic";
import { startedEndpoint } from "../helpers/endpoint";

describe("The clients of a chaos run", () => {
  const endpoint = startedEndpoint();
  const { deliveries } = planOf(1, 10);
  let pipeline: EveryProviderPipeline;
  before(async () => {
    const urls = Object.fromEntries(localSources.map((source) => [source, endpoint.url])) as Record<(typeof localSources)[number], string>;
    pipeline = { urls, signing: (await createSigning(urls)).signing } as unknown as EveryProviderPipeline;
  });

  it("send nothing while many events are under way, and everything afterwards", async () => {
    const sent: Sent = { sendings: [], retries: 0, underWay: 100 };
    const sending = sendAll(pipeline, deliveries, { clients: 3, seed: 1 }, sent, new AbortController().signal);
    await sleep(200);
    assert.equal(endpoint.received.length, 0);
    sent.underWay = 10;
    await sending;
    assert.equal(sent.sendings.length, deliveries.length);
  });

  it("end while they wait, if they are told", async () => {
    const interrupted = new AbortController();
    const sent: Sent = { sendings: [], retries: 0, underWay: 100 };
    const sending = sendAll(pipeline, deliveries, { clients: 3, seed: 1 }, sent, interrupted.signal);
    interrupted.abort();
    await sending;
    assert.equal(endpoint.received.length, 0);
  });
});
