import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeRuleCommand, PutEventsCommand, ResourceNotFoundException, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { redriveEvents } from "../../../cli/events/redrive";
import { replayEvents } from "../../../cli/events/replay";
import { printedBy } from "../../helpers/deployedStack";
import { failed, paid, refuses, stack, times, withFakeStack } from "./fakeStack";

describe("The commands that redrive and replay events of a deployed stack:", () => {
  const fake = withFakeStack();

  describe("redrive", () => {
    const yes = { stack, yes: true };

    it("redrives what failed, and removes the dead letters that say nothing any more", async () => {
      fake.table.mock.on(UpdateItemCommand).callsFake(() => {
        fake.table.put(failed, "RECEIVED", times[0], { requeued_at: { S: times[1] } });
        return {};
      });
      const { code, stdout } = await printedBy(() => redriveEvents([], { ...yes, all: true }));
      assert.equal(code, 0);
      assert.equal(
        stdout,
        "1 event redriven, 0 left as they are (PROCESSED, being processed, or unknown), 0 failed.\n1 dead letter removed.\n",
      );
      assert.deepEqual(fake.deadLetters, []);
    });

    it("lists what it would redrive with --dry-run, and writes nothing", async () => {
      const { stdout, stderr } = await printedBy(() => redriveEvents([], { stack, all: true, dryRun: true }));
      assert.deepEqual([stdout, stderr], [`${failed}\n`, "1 event would be redriven.\n"]);
      assert.equal(fake.table.mock.commandCalls(UpdateItemCommand).length, 0);
    });

    const refused = () =>
      fake.table.mock.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));

    it("says why it leaves an event as it is, and ends with 1", async () => {
      refused();
      const { code, stderr } = await printedBy(() => redriveEvents([paid], yes));
      assert.equal(code, 1);
      assert.equal(stderr, 'stripe#evt_2 is PROCESSED. Only a FAILED or stuck event is redriven. "events replay" publishes it again.\n');
    });

    it("ends with 3 where none of the events exists, as JSON with the numbers", async () => {
      refused();
      await refuses(() => redriveEvents(["stripe#none"], yes), "NotFoundError", /^There is no event stripe#none in events\./);
      const { code, stdout, stderr } = await printedBy(() => redriveEvents(["stripe#no", "stripe#none"], { ...yes, json: true }));
      assert.equal(code, 3);
      assert.deepEqual(JSON.parse(stdout), { redriven: 0, left: 2, failed: 0, rest: 0, deadLetters: 0 });
      assert.match(stderr, /^There is no event stripe#no in events\..+\nThere is no event stripe#none in events\./);
    });

    it("stops at an error that would stop every event, and says that the same command continues", async () => {
      fake.table.mock.on(UpdateItemCommand).rejects(new Error("connect ECONNREFUSED"));
      fake.deadLetters = [paid];
      const { code, stderr } = await printedBy(() => redriveEvents([], { ...yes, all: true }));
      assert.equal(code, 1);
      assert.match(stderr, /stripe#evt_1: .*ECONNREFUSED/);
      assert.deepEqual(fake.deadLetters, [paid], "whoever does not answer the redrive does not answer this either");
    });

    it("changes nothing without a yes", () =>
      refuses(
        () => redriveEvents([failed], { stack }),
        "UserError",
        /Redrive 1 event of the stack dev\? Nobody can be asked here: give --yes\./,
      ));
  });

  describe("replay", () => {
    const yes = { stack, yes: true };

    it("publishes named events again, and says what destinations do", async () => {
      const { code, stdout, stderr } = await printedBy(() => replayEvents([paid], yes));
      assert.deepEqual([code, stdout], [0, "1 event published again on bus.\n"]);
      assert.match(stderr, /^A delivery that is DELIVERED or FAILED stays so/);
    });

    it("publishes what fits, as JSON with the numbers", async () => {
      const { stdout } = await printedBy(() => replayEvents([], { ...yes, kind: "payment.succeeded", json: true }));
      assert.deepEqual(JSON.parse(stdout), { published: 1, failed: 0, rest: 0 });
    });

    it("lists what it would publish with --dry-run", async () => {
      const { stdout, stderr } = await printedBy(() => replayEvents([], { stack, source: "stripe", dryRun: true }));
      assert.deepEqual([stdout, stderr], [`${paid}\n`, "1 event would be published again on bus.\n"]);
      assert.equal(fake.eventBridge.commandCalls(PutEventsCommand).length, 0);
    });

    it("names what it could not publish, and ends with 4", async () => {
      const { code, stdout, stderr } = await printedBy(() => replayEvents([paid, "stripe#none"], yes));
      assert.deepEqual([code, stdout], [4, "1 event published again on bus, 1 not.\n"]);
      assert.match(stderr, /^stripe#none: /);
    });

    it("says that there is no such event, if it is one", () =>
      refuses(() => replayEvents(["stripe#none"], yes), "NotFoundError", /^There is no event stripe#none in events\./));

    it("says how to continue where AWS stopped it", async () => {
      fake.eventBridge.on(PutEventsCommand).rejects(Object.assign(new Error("slow down"), { name: "ThrottlingException", $metadata: {} }));
      const { code, stderr } = await printedBy(() => replayEvents([paid], yes));
      assert.equal(code, 1);
      assert.match(stderr, /^Stopped by an error\. .*slow down/);
      assert.match(
        stderr,
        /Stopped with 1 event to go\. Continue with:\n {2}npx webhook-pipeline events replay 'stripe#evt_2' --stack dev --yes\n$/,
      );
    });

    const period = { since: times[0], until: times[2] };

    it("has EventBridge replay a time from the archive, to one rule", async () => {
      fake.eventBridge.on(DescribeRuleCommand).resolves({});
      const { stdout } = await printedBy(() => replayEvents([], { ...yes, ...period, rule: "orders" }));
      assert.equal(stdout, "The replay arn:replay is STARTING. EventBridge works on it by itself.\n");
      const { Destination } = fake.eventBridge.commandCalls(StartReplayCommand)[0].args[0].input as {
        Destination: { FilterArns: string[] };
      };
      assert.deepEqual(Destination.FilterArns, ["arn:aws:events:eu-central-1:123456789012:rule/bus/orders"]);
    });

    it("says what would be replayed with --dry-run, also as JSON", async () => {
      const { stdout } = await printedBy(() => replayEvents([], { stack, ...period, dryRun: true }));
      assert.equal(stdout, `Everything published from ${times[0]} to ${times[2]} would be published again to every rule of bus.\n`);
      const json = await printedBy(() => replayEvents([], { stack, ...period, dryRun: true, json: true }));
      assert.deepEqual(JSON.parse(json.stdout), { ...period, eventBusName: "bus" });
    });

    it("warns that the newest events may not be archived yet", async () => {
      const { stdout, stderr } = await printedBy(() => replayEvents([], { ...yes, since: times[0], json: true }));
      assert.deepEqual(JSON.parse(stdout), { ReplayArn: "arn:replay", State: "STARTING" });
      assert.match(stderr, /^EventBridge may archive an event ten minutes after its publication\./);
    });

    it("refuses a rule that the bus does not have", () => {
      fake.eventBridge.on(DescribeRuleCommand).rejects(new ResourceNotFoundException({ message: "none", $metadata: {} }));
      return refuses(() => replayEvents([], { ...yes, ...period, rule: "none" }), "NotFoundError", /^The event bus bus has no rule none\./);
    });

    it("says what AWS refuses, in a sentence", () => {
      fake.eventBridge
        .on(DescribeRuleCommand)
        .rejects(Object.assign(new Error("not yours"), { name: "AccessDeniedException", $metadata: {} }));
      return refuses(() => replayEvents([], { ...yes, ...period, rule: "orders" }), "UserError", /not yours/);
    });
  });
});
