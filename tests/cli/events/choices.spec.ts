import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { redriveEvents } from "../../../cli/events/redrive";
import { replayEvents } from "../../../cli/events/replay";
import { showEvent } from "../../../cli/events/show";
import { printedBy } from "../../helpers/deployedStack";
import { failed, paid, refuses, stack, times, withFakeStack } from "./fakeStack";

describe("What a redrive or replay works on", () => {
  const fake = withFakeStack();

  for (const [given, options, message] of [
    [[failed], { all: true }, /^Name transaction IDs, or give --all with filters; not both\.$/],
    [[], {}, /^Name transaction IDs, or give --all with filters; not both\.$/],
    [[failed], { source: "stripe" }, /^--source chooses events, but their IDs are given\./],
    [[], { all: true, status: "PROCESSED" }, /^--status is PROCESSED, but such an event is never redriven\./],
  ] as const)
    it(`is refused of a redrive: ${message.source}`, () =>
      refuses(() => redriveEvents([...given], { stack, ...options }), "UsageError", message));

  for (const [given, options, message] of [
    [[], {}, /^Name transaction IDs, or give --source, --kind or --since/],
    [[paid], { since: times[0] }, /^--since chooses events, but their IDs are given\./],
    [[paid], { rule: "orders" }, /^--rule cannot be combined with IDs/],
  ] as const)
    it(`is refused of a replay: ${message.source}`, () =>
      refuses(() => replayEvents([...given], { stack, ...options }), "UsageError", message));

  it("is printed as a list of JSON with --dry-run --json, and nothing else", async () => {
    const redrive = await printedBy(() => redriveEvents([failed], { stack, dryRun: true, json: true }));
    assert.deepEqual([JSON.parse(redrive.stdout), redrive.stderr], [[failed], ""]);
    const replay = await printedBy(() => replayEvents([paid], { stack, dryRun: true, json: true }));
    assert.deepEqual([JSON.parse(replay.stdout), replay.stderr], [[paid], ""]);
  });

  it("is left where a redrive stops, and the same command continues", async () => {
    for (let number = 10; number < 40; number++) fake.table.put(`stripe#evt_${number}`, "FAILED", times[0]);
    fake.table.mock.on(UpdateItemCommand).rejects(new Error("connect ECONNREFUSED"));
    const { code, stdout } = await printedBy(() => redriveEvents([], { stack, all: true, yes: true }));
    assert.equal(code, 1);
    assert.match(stdout, /Stopped with 21 events to go\. Give the same command to continue\.\n$/);
  });

  it("is partly done where a redrive leaves some, with 4", async () => {
    fake.table.mock.on(UpdateItemCommand).callsFake(({ Key }: { Key: { transaction_id: { S: string } } }) => {
      if (Key.transaction_id.S === failed) return {};
      throw Object.assign(new Error("throttled"), { name: "ThrottlingException", $metadata: {} });
    });
    const { code, stderr } = await printedBy(() => redriveEvents([failed, paid], { stack, yes: true }));
    assert.equal(code, 4);
    assert.match(stderr, /^stripe#evt_2: .*throttled/m);
  });

  it("is named in the command that continues a replay, with its filters and --json", async () => {
    fake.eventBridge.on(PutEventsCommand).rejects(Object.assign(new Error("slow"), { name: "ThrottlingException", $metadata: {} }));
    const { stderr } = await printedBy(() => replayEvents([], { stack, kind: "payment.succeeded", yes: true, json: true }));
    assert.match(stderr, /events replay --kind payment\.succeeded --since \S+ .*--stack dev --yes --json\n$/);
  });

  it("is left as it is while it is processed, without more advice", async () => {
    fake.table.put("stripe#evt_7", "PROCESSING", times[0]);
    fake.table.mock.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));
    const { stderr } = await printedBy(() => redriveEvents(["stripe#evt_7"], { stack, yes: true }));
    assert.equal(stderr, "stripe#evt_7 is PROCESSING. Only a FAILED or stuck event is redriven.\n");
  });

  it("has no body to show if neither item nor bucket has one", async () => {
    const { stdout } = await printedBy(() => showEvent(failed, { stack, payload: true, json: true }));
    assert.equal("payload" in (JSON.parse(stdout) as object), false);
  });
});
