import * as assert from "node:assert/strict";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribePipeCommand, StartPipeCommand, StopPipeCommand } from "@aws-sdk/client-pipes";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { Attribute, Status } from "../../domain/event";
import { countByStatus } from "../../cli/events/find";
import type { ListedEvent } from "../../cli/events/listed";
import { readFilters, type FilterValues } from "../../cli/events/filters";
import { countDeadLetters, removeSettledDeadLetters } from "../../cli/events/dlq";
import { redriveAll } from "../../cli/events/redrive";
import { readEvent, timelineOf } from "../../cli/events/show";
import type { Target } from "../../cli/lib/target";
import type { Ended } from "../helpers/commands";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, sharedPipeline, whileEventsFail, type Item, type PipelineUnderTest } from "../helpers/pipeline";

describe("The operators' tool, with no more permissions than the stack's output operatorPolicy gives", () => {
  let pipeline: PipelineUnderTest;
  let operator: Operator;
  let target: Target;
  let flawless: string;
  const failed: string[] = [];
  before(async () => {
    pipeline = await sharedPipeline();
    operator = await Operator.create(pipeline, "operator");
    target = operator.target;
    flawless = (await send(pipeline, "stripe")).body.transactionId!;
    await itemWithStatus(pipeline, flawless, Status.processed);
    await whileEventsFail(pipeline, async () => {
      for (const provider of ["stripe", "stripe", "square"] as const) failed.push((await send(pipeline, provider)).body.transactionId!);
      for (const id of failed) await itemWithStatus(pipeline, id, Status.failed);
    });
  });
  after(() => operator?.stop());

  const run = (...args: string[]): Promise<Ended> => operator.run(...args).ended;
  const find = (values: FilterValues) => operator.find(values);
  const idsOf = (events: ListedEvent[]) => events.map(({ transactionId }) => transactionId).sort();

  it("finds events by status, with their error, from the index", async () => {
    const events = await find({ status: "failed", since: "5m" });
    for (const id of failed) assert.ok(idsOf(events).includes(id), id);
    assert.match(events.find(({ transactionId }) => transactionId === failed[0])!.error!, /TooManyRequests/);
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
    assert.match(String(event.claimedBy), /^[\w-]+#\d+$/);
    assert.deepEqual(
      timelineOf(event).map((stage) => stage.split(" ")[0]),
      ["occurred", "received", "claimed", "finished"],
    );
    assert.ok(JSON.parse(String((await readEvent(target, transactionId, true))!.body)));
    assert.equal(await readEvent(target, "stripe#nothing", false), undefined);
  });

  it("lists events newest first, page by page, each once, and prints the command that continues", async () => {
    const all = (await find({})).sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : 1)).map(({ transactionId }) => transactionId);
    const { stdout } = await run("list", "--limit", "1000", "--json");
    const { events, cursor } = JSON.parse(stdout.toString()) as { events: (ListedEvent & { amount?: object })[]; cursor: string | null };
    assert.equal(cursor, null);
    const listed = events.map(({ transactionId }) => transactionId);
    assert.deepEqual([...listed].sort(), [...all].sort());
    assert.ok(events.every(({ receivedAt }, index) => index === 0 || receivedAt <= events[index - 1].receivedAt));
    assert.ok(events.some(({ kind, amount }) => kind === "payment.succeeded" && amount));

    const first = await run("list", "--limit", "2");
    const [, next] = /Continue with:\n {2}npx webhook-pipeline events (list --limit 2 --cursor \S+)\n/.exec(first.stderr) ?? [];
    const second = await run(...next.split(" "));
    const rows = `${first.stdout}${second.stdout}`.trim().split("\n");
    assert.equal(rows.length, 4);
    for (const [index, row] of rows.entries()) assert.ok(row.includes(` ${listed[index]} `), `${row}, not ${listed[index]}`);
  });

  it("lists what failed with its error, and finds events by their amount", async () => {
    const { stdout } = await run("list", "--status", "FAILED", "--since", "5m");
    for (const id of failed) assert.match(stdout.toString(), new RegExp(`^FAILED .+ ${id} .+TooManyRequests`, "m"));
    const large = await run("list", "--min-amount", "42", "--currency", "EUR", "--json");
    const { events } = JSON.parse(large.stdout.toString()) as { events: { amount: { value: number; currency: string } }[] };
    assert.ok(events.length > 0 && events.every(({ amount: { value, currency } }) => value >= 4_200 && currency === "EUR"));
    const none = await run("list", "--min-amount", "1000000");
    assert.deepEqual([none.code, none.stdout.toString(), none.stderr], [0, "", "No event fits.\n"]);
  });

  it("shows a failed event with the command that redrives it, and ends with 3 where there is none", async () => {
    const shown = await run("show", failed[0]);
    assert.match(shown.stdout.toString(), /^stripe#\S+ is FAILED\.\n(?: {2}.+\n)+$/);
    assert.ok(shown.stderr.includes(`npx webhook-pipeline events redrive '${failed[0]}'`), shown.stderr);
    const unknown = await run("show", "stripe#nothing", "--json");
    assert.deepEqual([unknown.code, (JSON.parse(unknown.stdout.toString()) as { code: number }).code], [3, 3]);
    const source = await run("list", "--source", "strip");
    assert.equal(source.code, 2);
    assert.match(source.stderr, /^--source is "strip"\. Allowed: adyen, .+, stripe, twilio\.\n$/);
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

  it("shows the failed attempt and the redrive of an event that is PROCESSED now", async () => {
    const { event } = (await readEvent(target, failed[0], false))!;
    const stages = timelineOf(event).map((line) => line.split(/ +/));
    assert.deepEqual(
      stages.map(([name]) => name),
      ["occurred", "received", "failed", "redriven", "claimed", "finished"],
    );
    assert.match(stages[2].at(-1)!, /^Lambda\.\w+$/);
    const item = await itemWithStatus(pipeline, flawless, Status.processed);
    assert.deepEqual(
      Object.keys(item).filter((name) => name.endsWith("history")),
      [],
    );
  });

  it("removes the dead letters of what it redrove, and no others", async () => {
    const before = await countDeadLetters(target);
    assert.ok((await removeSettledDeadLetters(target, new AbortController().signal)) >= failed.length);
    assert.ok((await countDeadLetters(target)) <= before - failed.length);
  });

  it("says of one event that it cannot redrive why, and ends with 4 where it redrives another", async () => {
    const [{ transactionId }] = await find({ status: "processed" });
    const left = await run("redrive", transactionId);
    assert.equal(left.code, 1);
    assert.match(left.stderr, /is PROCESSED\. Only a FAILED or stuck event is redriven\. "events replay" publishes it again\.\n$/);
    assert.equal((await run("redrive", "stripe#nothing")).code, 3);
    const planted = { transactionId: "stripe#planted", status: Status.failed, receivedAt: new Date().toISOString() } as const;
    const texts = Object.entries(planted).map(([name, S]) => [Attribute[name as keyof typeof planted], { S }]);
    const shards = [Attribute.shard, Attribute.settledShard, Attribute.failedShard].map((name) => [name, { N: "0" }]);
    const Item = Object.fromEntries([...texts, ...shards]) as Item;
    await pipeline.clients.dynamodb.send(new PutItemCommand({ TableName: pipeline.outputs.tableName, Item }));
    const partly = await run("redrive", planted.transactionId, transactionId);
    assert.equal(partly.code, 4, partly.stderr);
    await itemWithStatus(pipeline, planted.transactionId, Status.failed);
  });

  it("counts events by status", async () => {
    const counts = await countByStatus(target, readFilters({ source: "square" }));
    assert.deepEqual(Object.keys(counts), Object.values(Status));
    assert.equal(counts.PROCESSED, (await find({ source: "square", status: "processed" })).length);
  });

  it("looks whether the pipe runs, and starts it where it does not", async () => {
    const Name = String(pipeline.outputs.pipeName);
    const { pipes } = operator.target;
    const state = async () => (await pipes.send(new DescribePipeCommand({ Name }))).CurrentState;
    await pipeline.clients.pipes.send(new StopPipeCommand({ Name }));
    assert.equal(await state(), "STOPPED");
    await pipes.send(new StartPipeCommand({ Name }));
    assert.equal(await state(), "RUNNING");
    const { transactionId } = (await send(pipeline, "stripe")).body;
    await itemWithStatus(pipeline, transactionId!, Status.processed);
    await assert.rejects(pipes.send(new StopPipeCommand({ Name })), /not authorized to perform: pipes:StopPipe/);
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
