import * as assert from "node:assert/strict";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribePipeCommand, StartPipeCommand, StopPipeCommand } from "@aws-sdk/client-pipes";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { Attribute, Status } from "../../domain/event";
import { findEvents, type ListedEvent } from "../../cli/events/find";
import { readFilters, type FilterValues } from "../../cli/events/filters";
import { createClients, type Clients } from "../../local/clients";
import { countDeadLetters, removeSettledDeadLetters } from "../../cli/events/dlq";
import { redriveAll } from "../../cli/events/redrive";
import { readEvent, timelineOf } from "../../cli/events/show";
import { countByStatus } from "../../cli/events/stats";
import type { Target } from "../../cli/lib/target";
import { itemWithStatus, send, sharedPipeline, userWith, without, type PipelineUnderTest } from "../helpers/pipeline";

describe("The operators' tool, with no more permissions than the stack's output operatorPolicy gives", () => {
  let pipeline: PipelineUnderTest;
  let target: Target;
  const failed: string[] = [];
  before(async function () {
    this.timeout(60_000);
    pipeline = await sharedPipeline();
    const operator = await userWith(pipeline, "operator", String(pipeline.outputs.operatorPolicy));
    const clients = createClients({ ...pipeline, ...operator });
    target = { ...clients, ...pipeline.outputs, eventArchiveName: String(pipeline.outputs.eventArchiveName) };
    await itemWithStatus(pipeline, (await send(pipeline, "stripe")).body.transactionId!, Status.processed);
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
    const ofSquare = await find({ status: "failed", source: "square" });
    assert.deepEqual(
      idsOf(ofSquare).filter((id) => failed.includes(id)),
      [failed[2]],
    );
    const processed = await find({ kind: "payment.succeeded" });
    assert.ok(processed.length > 0 && processed.every(({ kind }) => kind === "payment.succeeded"));
    assert.deepEqual(await find({ until: "2020-01-01" }), []);
    assert.deepEqual(await find({ since: "2020-01-01", until: "2020-01-02" }), []);
  });

  it("shows an event's timeline without its payload, and with it only if asked", async () => {
    const [{ transactionId }] = await find({ status: "processed" });
    const { event, body } = (await readEvent(target, transactionId, false))!;
    assert.equal(body, undefined);
    assert.match(String(event.claimed_by), /execution/);
    assert.deepEqual(
      timelineOf(event).map((stage) => stage.split(" ")[0]),
      ["occurred", "received", "claimed", "finished"],
    );
    assert.ok(JSON.parse(String((await readEvent(target, transactionId, true))!.body)));
    assert.equal(await readEvent(target, "stripe#nothing", false), undefined);
  });

  it("redrives what it found", async () => {
    const pace = { rate: 100, signal: new AbortController().signal, onProgress: () => {} };
    const { redriven } = await redriveAll(target, failed, pace);
    assert.equal(redriven, 3);
    for (const id of failed) {
      const item = await itemWithStatus(pipeline, id, Status.processed);
      assert.equal(item[Attribute.attempts].N, "1");
    }
  });

  it("removes the dead letters of what it redrove, and no others", async () => {
    const before = await countDeadLetters(target);
    assert.ok((await removeSettledDeadLetters(target, new AbortController().signal)) >= failed.length);
    assert.ok((await countDeadLetters(target)) <= before - failed.length);
  });

  it("counts events by status", async () => {
    const counts = await countByStatus(target, readFilters({ source: "square" }));
    assert.deepEqual(Object.keys(counts), Object.values(Status));
    assert.equal(counts.PROCESSED, (await find({ source: "square", status: "processed" })).length);
  });

  it("looks whether the pipe runs, and starts it where it does not", async () => {
    const Name = String(pipeline.outputs.pipeName);
    const operator = target as Target & Pick<Clients, "pipes">;
    const state = async () => (await operator.pipes.send(new DescribePipeCommand({ Name }))).CurrentState;
    await pipeline.clients.pipes.send(new StopPipeCommand({ Name }));
    assert.equal(await state(), "STOPPED");
    await operator.pipes.send(new StartPipeCommand({ Name }));
    assert.equal(await state(), "RUNNING");
    const { transactionId } = (await send(pipeline, "stripe")).body;
    await itemWithStatus(pipeline, transactionId!, Status.processed);
    await assert.rejects(operator.pipes.send(new StopPipeCommand({ Name })), /not authorized to perform: pipes:StopPipe/);
  });

  it("may do nothing else: neither read the whole table, nor write a dead letter", async () => {
    const { dynamodb, sqs, tableName, deadLetterQueueUrl } = target;
    await assert.rejects(dynamodb.send(new ScanCommand({ TableName: tableName })), /not authorized to perform: dynamodb:Scan/);
    await assert.rejects(
      sqs.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: "{}" })),
      /not authorized to perform: sqs:sendmessage/i,
    );
  });
});
