import * as assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { ListedEvent } from "../../cli/events/listed";
import { Status, type ProcessedEvent } from "../../domain/event";
import { subscribe } from "../../testbed/chaos/outside";
import type { Ended } from "../helpers/commands";
import { eventually } from "../helpers/eventually";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, sharedPipeline, whileEventsFail, type PipelineUnderTest } from "../helpers/pipeline";

describe("The operators' tool, while events are published and followed", () => {
  let pipeline: PipelineUnderTest;
  let operator: Operator;
  let owner: Operator;
  let failed: string;
  before(async () => {
    pipeline = await sharedPipeline();
    operator = await Operator.create(pipeline, "replaying-operator");
    owner = Operator.owner(pipeline);
    await whileEventsFail(pipeline, async () => {
      failed = (await send(pipeline, "stripe")).body.transactionId!;
      await itemWithStatus(pipeline, failed, Status.failed);
    });
  });
  after(() => [operator, owner].forEach((one) => one?.stop()));

  const run = (...args: string[]): Promise<Ended> => operator.run(...args).ended;

  it("publishes again just what the workflow published, and counts what it cannot publish", async () => {
    const QueueUrl = await subscribe(pipeline.clients, pipeline.outputs.eventBusName, "replayed-by-id");
    const { transactionId } = (await send(pipeline, "stripe")).body;
    await itemWithStatus(pipeline, transactionId!, Status.processed);
    const published: { "detail-type": string; source: string; detail: ProcessedEvent }[] = [];
    const isThere = (count: number) =>
      eventually(`${count} publications`, async () => {
        const { Messages = [] } = await pipeline.clients.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
        );
        const bodies = Messages.map(({ Body }) => JSON.parse(Body!) as (typeof published)[number]);
        published.push(...bodies.filter(({ detail }) => detail.transactionId === transactionId));
        return published.length >= count || undefined;
      });
    await isThere(1);
    const partly = await run("replay", transactionId!, failed);
    assert.equal(partly.code, 4, partly.stderr);
    assert.match(partly.stderr, /: It is FAILED\. Only a PROCESSED event was published\.\n$/);
    await isThere(2);
    const [first, second] = published.map(({ "detail-type": type, source, detail }) => ({ type, source, detail }));
    assert.deepEqual(second, first);

    assert.equal((await run("replay", failed)).code, 1);
    assert.equal((await run("replay", "stripe#nothing")).code, 3);
    const listed = await run("replay", "--source", "stripe", "--since", "5m", "--dry-run");
    assert.ok(listed.stdout.toString().split("\n").includes(transactionId!));
    const byKind = await run(
      "replay",
      "--source",
      "stripe",
      "--since",
      first.detail.receivedAt,
      "--until",
      first.detail.receivedAt,
      "--json",
    );
    assert.deepEqual(JSON.parse(byKind.stdout.toString()), { published: 1, failed: 0, rest: 0 });
    await isThere(3);
  });

  it("replays the archive to a rule that exists", async () => {
    const none = await run("replay", "--since", "5m", "--rule", "nobody", "--yes");
    assert.equal(none.code, 3);
    assert.match(none.stderr, /^The event bus \S+ has no rule nobody\. /);
    // The emulator checks a call about an archive against "*", which the policy does not give.
    const replayed = await owner.run("replay", "--since", "5m", "--rule", "replayed-by-id", "--yes").ended;
    assert.match(replayed.stdout.toString(), /^The replay arn:\S+ is STARTING\. /, replayed.stderr);
    const unasked = await run("replay", "--since", "5m");
    assert.equal(unasked.code, 1);
    assert.match(unasked.stderr, /^Publish again everything that was published from .+ give --yes\.\n$/);
  });

  it("follows events as they come and end, until it is interrupted", async () => {
    const tails = [operator.run("tail"), operator.run("tail", "--json", "--source", "square", "--status", "processed")];
    // It says that it follows once it has read what was there.
    await Promise.all(tails.map(({ child }) => new Promise((resolve) => child.stderr!.once("data", resolve))));
    const ids: string[] = [];
    for (const provider of ["stripe", "square"] as const) ids.push((await send(pipeline, provider)).body.transactionId!);
    const [text, json] = tails;
    await eventually(
      "both to be PROCESSED",
      async () => ids.every((id) => new RegExp(` PROCESSED +${id} `).test(text.printed)) || undefined,
    );
    await eventually("one of them in JSON", async () => json.printed.includes(ids[1]) || undefined);
    for (const { child } of tails) child.kill("SIGINT");
    const [ended, endedJson] = await Promise.all(tails.map(({ ended }) => ended));
    assert.deepEqual([ended.code, endedJson.code], [130, 130]);
    const lines = ended.stdout.toString().trim().split("\n");
    assert.ok(
      lines.every((line) => ids.some((id) => line.includes(id))),
      "nothing of before",
    );
    assert.equal(new Set(lines.map((line) => line.split("Z  ")[1])).size, lines.length, "nothing twice");
    const objects = endedJson.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ListedEvent);
    assert.deepEqual(
      objects.map(({ transactionId, status }) => [transactionId, status]),
      [[ids[1], Status.processed]],
    );
  });

  it("redrives what failed here", async () => {
    assert.equal((await run("redrive", failed)).code, 0);
    await itemWithStatus(pipeline, failed, Status.processed);
  });
});
