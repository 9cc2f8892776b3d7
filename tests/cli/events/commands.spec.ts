import * as assert from "node:assert/strict";
import { mock } from "node:test";
import timers = require("node:timers/promises");
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { listEvents } from "../../../cli/events/list";
import { showEvent } from "../../../cli/events/show";
import type { EventsOptions } from "../../../cli/events/options";
import { countEvents } from "../../../cli/events/stats";
import { tailEvents } from "../../../cli/events/tail";
import { printedBy } from "../../helpers/deployedStack";
import { failed, large, paid, refuses, stack, times, withFakeStack } from "./fakeStack";

describe("The commands that show events of a deployed stack:", () => {
  const fake = withFakeStack();

  describe("list", () => {
    it("prints a row an event, newest first, and on standard error the headings and the number", async () => {
      const { code, stdout, stderr } = await printedBy(() => listEvents({ stack }));
      assert.equal(code, 0);
      const rows = stdout.trimEnd().split("\n");
      assert.deepEqual(
        rows.map((row) => row.split(/ {2,}/)[0]),
        ["RECEIVED", "PROCESSED", "FAILED"],
      );
      assert.match(rows[1], / payment\.succeeded +42\.00 EUR +0 +stripe#evt_2 +charge\.succeeded$/);
      assert.match(rows[2], /Unprocessable$/);
      assert.match(stderr, /^STATUS .+ERROR\n3 events\.\n$/);
    });

    it("prints one JSON document, which says where the list ends", async () => {
      const { stdout, stderr } = await printedBy(() => listEvents({ stack, status: "FAILED", json: true }));
      const { events, cursor } = JSON.parse(stdout) as { events: { transactionId: string }[]; cursor: null };
      assert.deepEqual([events.map(({ transactionId }) => transactionId), cursor, stderr], [[failed], null, ""]);
    });

    it("says how to continue where more events fit, with the same filters", async () => {
      const { stderr } = await printedBy(() => listEvents({ stack, limit: 1, source: "stripe", json: true }));
      assert.match(
        stderr,
        /^More events fit\. Continue with:\n {2}npx webhook-pipeline events list --source stripe --stack dev --limit 1 --cursor \S+ --json\n$/,
      );
    });

    it("says so in the same words under a table", async () =>
      assert.match((await printedBy(() => listEvents({ stack, limit: 1 }))).stderr, / events list --stack dev --limit 1 --cursor \S+\n$/));

    it("says that no event fits", async () => {
      const { code, stdout, stderr } = await printedBy(() => listEvents({ stack, until: "2020-01-01" }));
      assert.deepEqual([code, stdout, stderr], [0, "", "No event fits.\n"]);
    });

    it("counts one event as one", async () =>
      assert.match((await printedBy(() => listEvents({ stack, status: "FAILED" }))).stderr, /\n1 event\.\n$/));
  });

  describe("show", () => {
    it("describes an event with its meaning, its stages and its deliveries", async () => {
      const { code, stdout } = await printedBy(() => showEvent(paid, { stack }));
      assert.equal(code, 0);
      assert.match(stdout, /^stripe#evt_2 is PROCESSED\.\n/);
      assert.match(stdout, /\n {2}amount {4}42\.00 EUR\n/);
      assert.match(stdout, /\n {2}occurred .+\n {2}received {2}\S+ {2}\+1000 ms\n/);
      assert.match(stdout, /\n {2}published as payment\.succeeded on bus\n/);
      assert.match(stdout, /\n {2}to orders: FAILED, 2 attempts, timeout\n$/);
    });

    it("says how a failed one is redriven", async () => {
      const { stderr } = await printedBy(() => showEvent(failed, { stack }));
      assert.equal(stderr, "Redrive it: npx webhook-pipeline events redrive 'stripe#evt_1' --stack dev\n");
    });

    it("prints the payload alone on standard output, and describes the event on standard error", async () => {
      const { stdout, stderr } = await printedBy(() => showEvent(paid, { stack, payload: true }));
      assert.equal(stdout, '{"id":"evt_2"}');
      assert.match(stderr, /^stripe#evt_2 is PROCESSED\.\n/);
    });

    it("gets a large payload from the bucket", async () => {
      fake.s3.on(GetObjectCommand, { Bucket: "payloads", Key: "stripe/1/2" }).resolves({
        Body: { transformToByteArray: () => Promise.resolve(Buffer.from("{}")) } as never,
      });
      const { stdout } = await printedBy(() => showEvent(large, { stack, payload: true, json: true }));
      assert.deepEqual([(JSON.parse(stdout) as { status: string; payload: string }).payload], ["{}"]);
    });

    it("prints the deliveries as JSON, too", async () => {
      const { stdout } = await printedBy(() => showEvent(paid, { stack, json: true }));
      const [{ destination, status }] = (JSON.parse(stdout) as { deliveries: Record<string, string>[] }).deliveries;
      assert.deepEqual([destination, status], ["orders", "FAILED"]);
    });

    it("says that it is a test, and what happened to it before", async () => {
      fake.table.put("stripe#evt_8", "PROCESSED", times[0], {
        normalized: { M: { test: { BOOL: true } } },
        headers: { M: { "content-type": { S: "application/json" }, "x-empty": { NULL: true } } },
        history: {
          L: [
            { M: { stage: { S: "redriven" }, at: { S: times[1] } } },
            { M: { stage: { S: "failed" }, at: { S: times[1] }, error: { S: "E" } } },
          ],
        },
      });
      const { stdout } = await printedBy(() => showEvent("stripe#evt_8", { stack }));
      assert.match(stdout, /\n {2}test {6}yes\n/);
      assert.match(stdout, /\n {2}redriven {2}\S+/);
    });

    it("says that there is no such event, in which table", () =>
      refuses(
        () => showEvent("stripe#none", { stack }),
        "NotFoundError",
        /^There is no event stripe#none in events\. "events list" lists what there is\.$/,
      ));
  });

  describe("stats", () => {
    it("prints the number of events of each status, and of dead letters", async () => {
      const { stdout } = await printedBy(() => countEvents({ stack }));
      const counts = stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {2,}/));
      assert.deepEqual(Object.fromEntries(counts), { RECEIVED: "1", PROCESSING: "0", PROCESSED: "1", FAILED: "1", "dead letters": "1" });
    });

    it("prints them as JSON", async () => {
      const { stdout } = await printedBy(() => countEvents({ stack, json: true }));
      assert.deepEqual(JSON.parse(stdout), { RECEIVED: 1, PROCESSING: 0, PROCESSED: 1, FAILED: 1, deadLetters: 1 });
    });
  });

  describe("tail", () => {
    /** Follows three polls, before the first of which two events fail and one settles. @returns what is printed */
    async function followed(options: EventsOptions): Promise<string[]> {
      let polls = 0;
      const sleep = mock.method(timers, "setTimeout", () => {
        const at = new Date().toISOString();
        if (polls === 0) {
          fake.table.put("stripe#evt_4", "FAILED", at, { error: { S: "Transient" }, kind: { S: "refund" } });
          fake.table.put("stripe#evt_5", "FAILED", at, { kind: { S: "payout" } });
          fake.table.put("square#evt_6", "PROCESSED", at);
        }
        return polls++ === 2 ? Promise.reject(new Error("the test ends it")) : Promise.resolve();
      });
      try {
        const untilEnded = () =>
          tailEvents({ stack, ...options }).catch((error: Error) => (assert.match(error.message, /the test ends it/), 0));
        const { stdout } = await printedBy(untilEnded);
        return stdout.trimEnd().split("\n");
      } finally {
        sleep.mock.restore();
      }
    }

    it("prints a line for each change, and goes on", async () => {
      const lines = await followed({});
      assert.equal(lines.length, 3);
      assert.ok(
        lines.some((line) => /^\S+ {2}FAILED {6}stripe#evt_4 .*\(refund\) {2}Transient$/.test(line)),
        lines.join("\n"),
      );
      assert.ok(
        lines.some((line) => /^\S+ {2}PROCESSED {3}square#evt_6\b/.test(line)),
        lines.join("\n"),
      );
    });

    for (const [what, options, id] of [
      ["of a status and a kind", { status: "FAILED", kind: "refund" }, "stripe#evt_4"],
      ["of a status", { status: "PROCESSED" }, "square#evt_6"],
      ["of a source", { source: "square" }, "square#evt_6"],
    ] as const)
      it(`prints as JSON only the changes ${what}`, async () => {
        const events = (await followed({ ...options, json: true })).map(
          (line) => JSON.parse(line) as { transactionId: string; seenAt: string },
        );
        assert.deepEqual(
          events.map(({ transactionId }) => transactionId),
          [id],
        );
        assert.ok(Date.parse(events[0].seenAt) > 0);
      });
  });
});
