import * as assert from "node:assert/strict";
import { Attribute, Status } from "../../contract";
import { findEvents, type ListedEvent } from "../../operations/find";
import { readFilters, type FilterValues } from "../../operations/filters";
import { redriveAll } from "../../operations/redrive";
import { hopsOf, showEvent } from "../../operations/show";
import type { Target } from "../../operations/target";
import { itemWithStatus, send, sharedPipeline, without, type PipelineUnderTest } from "../helpers/pipeline";

describe("The operators' tool", () => {
  let pipeline: PipelineUnderTest;
  let target: Target;
  const failed: string[] = [];
  before(async function () {
    this.timeout(60_000);
    pipeline = await sharedPipeline();
    target = { ...pipeline.clients, ...pipeline.outputs, eventArchiveName: String(pipeline.outputs.eventArchiveName) };
    await without("dynamodb:GetItem", "process", pipeline, async () => {
      for (const provider of ["stripe", "stripe", "square"] as const) failed.push((await send(pipeline, provider)).body.transactionId!);
      for (const id of failed) await itemWithStatus(pipeline, id, Status.failed);
    });
  });

  async function find(values: FilterValues): Promise<ListedEvent[]> {
    const events: ListedEvent[] = [];
    for await (const page of findEvents(target, readFilters(values))) events.push(...page);
    return events;
  }
  const idsOf = (events: ListedEvent[]) => events.map(({ transactionId }) => transactionId).sort();

  it("finds events by status, with their error, from the index", async () => {
    const events = await find({ status: "failed", since: "5m" });
    for (const id of failed) assert.ok(idsOf(events).includes(id), id);
    assert.match(events.find(({ transactionId }) => transactionId === failed[0])!.error!, /GetItem/);
  });

  it("finds events by provider, kind and time", async () => {
    const ofSquare = await find({ status: "failed", provider: "square" });
    assert.deepEqual(
      idsOf(ofSquare).filter((id) => failed.includes(id)),
      [failed[2]],
    );
    const processed = await find({ kind: "payment.succeeded" });
    assert.ok(processed.length > 0 && processed.every(({ kind }) => kind === "payment.succeeded"));
    assert.deepEqual(await find({ until: "2020-01-01" }), []);
    assert.deepEqual(await find({ since: "2020-01-01", until: "2020-01-02" }), []);
  });

  it("shows an event's way without its payload, and with it only if asked", async () => {
    const [{ transactionId }] = await find({ status: "processed" });
    const shown = (await showEvent(target, transactionId, false))!;
    assert.equal(shown.payload, undefined);
    assert.match(String(shown.claimed_by), /execution/);
    assert.deepEqual(
      hopsOf(shown).map((hop) => hop.split(" ")[0]),
      ["occurred", "received", "claimed", "finished"],
    );
    assert.ok(JSON.parse(String((await showEvent(target, transactionId, true))!.payload)));
    assert.equal(await showEvent(target, "stripe#nothing", false), undefined);
  });

  it("puts what it found back into the flow", async () => {
    const pace = { rate: 100, signal: new AbortController().signal, onProgress: () => {} };
    const { redriven } = await redriveAll(target, failed, pace);
    assert.equal(redriven, 3);
    for (const id of failed) {
      const item = await itemWithStatus(pipeline, id, Status.processed);
      assert.equal(item[Attribute.attempts].N, "1");
    }
  });
});
