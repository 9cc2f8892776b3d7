import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  authChoices,
  destinationTypes,
  longestDestinationName,
  maxBodyBytes,
  payloadChoices,
  queueRetentionSeconds,
  retrySchedule,
  storedAttempts,
} from "../../domain/destinations";
import { openingReason } from "../../handlers/deliver/breaker";
import { deliveryOutcomeOf } from "../../handlers/deliver/outcome";
import { intervalMs } from "../../handlers/deliver/pace";
import { delayMs, delayWithin } from "../../handlers/deliver/retryDelay";
import { signedHeaders, webhookId } from "../../handlers/deliver/signing";
import { parseSettings, problemsOf } from "../helpers/configuration";
import { postedOrders, usualSettings } from "../helpers/destinations";

const file = readFileSync("docs/destinations.md", "utf8");
/** The page in one line, so that a sentence is found wherever it is broken. */
const page = file.replace(/\s+/g, " ");
const sectionOf = (heading: string) => file.split(/^##+ /m).find((section) => section.startsWith(`${heading}\n`))!;
/** Returns the cells of each row of a section's tables, without the head. */
const rowsOf = (heading: string) =>
  [...sectionOf(heading).matchAll(/^\| (.*) \|$/gm)]
    .map(([, row]) => row.split(" | ").map((cell) => cell.trim()))
    .filter(([first], index, rows) => !/^-+$|^:?-+:?$/.test(first) && !/^-/.test(rows[index + 1]?.[0] ?? ""));
const code = (cell: string) => cell.replaceAll("`", "");

/** Returns the number of attempts within these hours. @param random of each interval */
function attempts(hours: number, random: number): number {
  let count = 1;
  let scheduled = 0;
  for (let delay; (delay = delayWithin(hours, scheduled, delayMs(count, 0, random))) !== undefined; count++) scheduled += delay;
  return count;
}

describe("docs/destinations.md", () => {
  const configured = (destination: object) => ({ sources: ["stripe"], accountConcurrency: 1_000, destinations: [destination] });
  const [complete] = parseSettings(configured(postedOrders)).destinations;
  const keys = rowsOf("Keys of a destination").map(([key, value, , allowed]) => ({ key: code(key), value: code(value), allowed }));

  it("lists every key", () => {
    const optional = ["kinds", "sources", "eventTypes", "maxPerSecond", "consumerRoles"];
    assert.deepEqual(keys.map(({ key }) => key).sort(), [...new Set([...Object.keys(complete), ...optional])].sort());
  });

  it("says the defaults", () => {
    for (const { key, value } of keys) {
      const actual = (complete as unknown as Record<string, unknown>)[key];
      if (["name", "url"].includes(key)) assert.equal(value, "–");
      else assert.equal(value, String(actual ?? (["kinds", "sources", "eventTypes"].includes(key) ? "all" : "none")), key);
    }
  });

  it("says the bounds", () => {
    const bounded = keys.flatMap(({ key, allowed }) => {
      const [, least, most] = /^([\d,]+) to ([\d,]+)$/.exec(allowed) ?? [];
      return least === undefined ? [] : [{ key, least: number(least), most: number(most) }];
    });
    assert.equal(bounded.length, 4);
    for (const { key, least, most } of bounded) {
      for (const value of [least, most]) assert.deepEqual(problemsOf(configured({ ...postedOrders, [key]: value })), [], key);
      for (const value of [least - 1, most + 1]) assert.notDeepEqual(problemsOf(configured({ ...postedOrders, [key]: value })), [], key);
    }
    assert.ok(page.includes(`up to ${longestDestinationName} lower-case letters`));
  });
  const number = (text: string) => Number(text.replaceAll(",", ""));

  it("says every choice of a key", () => {
    const chosen = keys.filter(({ allowed }) => /^`[a-z]+`(, `[a-z]+`)+$/.test(allowed));
    const choices = chosen.map(({ key, allowed }) => [key, code(allowed).split(", ")] as const);
    assert.deepEqual(Object.fromEntries(choices), { type: destinationTypes, payload: payloadChoices, auth: authChoices });
    for (const [key, values] of choices)
      for (const value of values) {
        const destination = value === "queue" ? { name: "orders" } : postedOrders;
        assert.deepEqual(problemsOf(configured({ ...destination, [key]: value })), [], `${key}: ${value}`);
      }
  });

  it("shows only destinations that the configuration accepts", () => {
    const blocks = [...file.matchAll(/^```yaml\n([^]+?)^```/gm)].map(([, text]) => parse(text) as Record<string, unknown>);
    assert.ok(blocks.length >= 2);
    for (const block of blocks)
      assert.deepEqual(problemsOf({ sources: ["stripe"], destinations: block["webhook-pipeline:destinations"] }), []);
  });

  it("names every header", () => {
    const headers = signedHeaders([Buffer.from("key")], { id: "msg_1", now: 0, attempt: 1, trigger: "event", body: Buffer.from("") });
    const named = Object.keys(headers).filter((name) => name.startsWith("webhook-"));
    assert.deepEqual(
      rowsOf("The request")
        .map(([name]) => code(name))
        .filter((name) => name.startsWith("webhook-")),
      named,
    );
    for (const name of named) assert.match(sectionOf("The request"), new RegExp(`^${name}: `, "m"));
    const [, shown] = /^webhook-id: (\S+)$/m.exec(file)!;
    assert.equal(shown, webhookId("stripe#evt_1"));
  });

  const answer = (status: number, delivery?: string) => deliveryOutcomeOf({ status, ...(delivery !== undefined && { delivery }) }, 0).kind;
  const outcomes = rowsOf("Outcomes");
  const rowOf = (words: string) => outcomes.find(([, what]) => what.includes(words))![0];
  const statusesIn = (cell: string) => [...cell.matchAll(/\b[1-5]\d\d\b/g)].map(([status]) => Number(status));

  it("says which answers are permanent, which pause, and which are tried again", () => {
    const [permanent, pausing] = [statusesIn(rowOf("FAILED at once")), statusesIn(rowOf("raises an alarm"))];
    assert.deepEqual([permanent.length, pausing.length], [4, 3]);
    for (let status = 200; status < 600; status++) {
      const expected = permanent.includes(status) ? "permanent" : pausing.includes(status) ? "pause" : status < 300 ? "delivered" : "again";
      assert.equal(answer(status), expected, String(status));
    }
    assert.ok(rowOf("FAILED at once").includes("webhook-delivery: abort-message"));
    assert.ok(rowOf("raises an alarm").includes("webhook-delivery: disable"));
    assert.deepEqual([answer(500, "abort-message"), answer(500, "disable"), answer(200, "disable")], ["permanent", "pause", "delivered"]);
    assert.equal(deliveryOutcomeOf({ error: "ECONNRESET" }, 0).kind, "again");
    assert.equal(deliveryOutcomeOf({ error: "forbidden-address" }, 0).kind, "pause");
  });

  it("says the schedule, and how many attempts fit into it", () => {
    const words = (seconds: number) =>
      seconds < 60
        ? `${seconds} seconds`
        : seconds < 3_600
          ? `${seconds / 60} minute${seconds === 60 ? "" : "s"}`
          : `${seconds / 3_600} hours`;
    const intervals = retrySchedule.map(words);
    const [first, ...between] = intervals.slice(0, -1);
    const sentence = `follows after ${first}, then ${between.slice(0, -1).join(", ")} and ${between.at(-1)}, then every ${intervals.at(-1)}.`;
    assert.ok(page.includes(sentence), sentence);
    const about = (hours: number) => `${attempts(hours, 1)} to ${attempts(hours, 0)}`;
    assert.ok(page.includes(`${about(72)} attempts with 72 hours, ${about(24)} with 24, and ${attempts(1, 1)} with 1`));
    const readme = readFileSync("README.md", "utf8");
    assert.ok(readme.includes(`[${about(72)} attempts in three days](docs/destinations.md#schedule)`));
    assert.deepEqual([delayMs(1, 0, 0), delayMs(1, 0, 1)], [0.8 * 5_000, 5_000]);
    assert.match(page, /random number from 0\.8 to 1/);
    assert.match(page, /up to 11 hours/);
    assert.equal(delayMs(1, 20 * 3_600_000, 0), 11 * 3_600_000);
  });

  it("says when the breaker opens, and how the rate rises", () => {
    assert.match(page, /20 failures in a row, or 70 % of at least 20 requests within five minutes/);
    const isOpen = (failuresInRow: number, windowSent: number, windowFailed: number) =>
      openingReason({ failuresInRow, windowSent, windowFailed }, 2) !== undefined;
    assert.deepEqual(
      [isOpen(19, 19, 19), isOpen(20, 20, 20), isOpen(1, 19, 18), isOpen(1, 20, 13), isOpen(1, 20, 14)],
      [false, true, false, false, true],
    );
    assert.match(page, /five times\s+`maxConcurrency`/);
    const isOpenWith = (concurrency: number, sent: number) =>
      openingReason({ failuresInRow: 1, windowSent: sent, windowFailed: sent }, concurrency) !== undefined;
    assert.deepEqual([isOpenWith(4, 20), isOpenWith(10, 49), isOpenWith(10, 50)], [true, false, true]);
    assert.match(page, /begins at `maxConcurrency` requests a second, and doubles every 30 seconds/);
    const settings = { ...usualSettings, url: postedOrders.url };
    assert.deepEqual([intervalMs(settings, 1_000, 1_000), intervalMs(settings, 1_000, 31_000)], [1_000, 500]);
  });

  it("says the limits", () => {
    assert.ok(page.includes(`body above ${maxBodyBytes.toLocaleString("en")} bytes`));
    assert.ok(page.includes(`the last ${storedAttempts}`));
    assert.ok(page.includes(`after ${queueRetentionSeconds / 86_400} days`));
    assert.match(page, /After 13 days/);
  });
});
