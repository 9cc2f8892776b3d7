import * as assert from "node:assert/strict";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Status } from "../../../domain/event";
import { amountFilter, inMajorUnits } from "../../../cli/events/amounts";
import { cursorOf, readCursor } from "../../../cli/events/cursor";
import { readFilters, type FilterValues } from "../../../cli/events/filters";
import { listNewest } from "../../../cli/events/list";
import { fakeTable, type FakeTable } from "./fakeTable";

const statuses = Object.values(Status);
const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

function normalized(value: number, currency: string, exponent: number): Record<string, AttributeValue> {
  const amount = { M: { value: { N: String(value) }, currency: { S: currency }, exponent: { N: String(exponent) } } };
  return { kind: { S: "refund" }, normalized: { M: { amount } } };
}

describe("A list of events", () => {
  let fake: FakeTable;
  beforeEach(() => (fake = fakeTable()));
  afterEach(() => fake.restore());

  /** Lists all pages. @returns the IDs of each */
  async function pagesOf(limit: number, values: FilterValues = {}, betweenPages = () => {}): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const after = cursor ? readCursor(cursor) : undefined;
      const listing = await listNewest(fake.table, readFilters(values), { limit, after });
      pages.push(listing.events.map(({ transactionId }) => transactionId));
      ({ cursor } = listing);
      betweenPages();
    }
    return pages;
  }

  it("is newest first over all statuses, and its pages have each event once", async () => {
    for (let index = 0; index < 23; index++) fake.put(`stripe#${index}`, statuses[index % 4], at(index));
    const newestFirst = Array.from({ length: 23 }, (_, index) => `stripe#${22 - index}`);
    for (const limit of [1, 5, 22, 23, 24]) {
      const pages = await pagesOf(limit);
      assert.deepEqual(pages.flat(), newestFirst);
      assert.equal(pages.length, Math.ceil(23 / limit), `pages of ${limit}`);
    }
  });

  it("has each event once where several were received in the same millisecond", async () => {
    for (let index = 0; index < 20; index++) fake.put(`stripe#${index}`, statuses[index % 4], at(Math.floor(index / 9)));
    for (const limit of [1, 2, 3, 7]) {
      const ids = (await pagesOf(limit)).flat();
      assert.deepEqual([ids.length, new Set(ids).size], [20, 20], `pages of ${limit}`);
    }
  });

  it("continues after the last event listed, although newer ones arrive and statuses change", async () => {
    for (let index = 0; index < 12; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
    let arrived = 12;
    const pages = await pagesOf(4, {}, () => {
      fake.put(`stripe#${arrived}`, "RECEIVED", at(arrived++));
      for (let index = 0; index < 12; index++) fake.put(`stripe#${index}`, statuses[(index + arrived) % 4], at(index));
    });
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 12 }, (_, index) => `stripe#${11 - index}`),
    );
  });

  it("keeps to its filters on every page", async () => {
    for (let index = 0; index < 20; index++)
      fake.put(`stripe#${index}`, "FAILED", at(index), { source: { S: index % 2 ? "stripe" : "adyen" } });
    const pages = await pagesOf(3, { source: "stripe", since: at(4), until: at(15), status: "failed" });
    assert.deepEqual(pages, [
      ["stripe#15", "stripe#13", "stripe#11"],
      ["stripe#9", "stripe#7", "stripe#5"],
    ]);
  });

  it("has an event once that changes its status while the list is read", async () => {
    for (let index = 0; index < 6; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
    fake.afterQuery = () => {
      for (let index = 0; index < 6; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index));
    };
    const ids = (await listNewest(fake.table, readFilters({}), { limit: 10 })).events.map(({ transactionId }) => transactionId);
    assert.deepEqual([ids.length, new Set(ids).size], [6, 6]);
  });

  it("reads no more of the index than it shows", async () => {
    fake.restore();
    fake = fakeTable(1_000);
    for (let index = 0; index < 400; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index));
    await listNewest(fake.table, readFilters({}), { limit: 5 });
    assert.ok(fake.read <= 9, `${fake.read} events read`);
  });

  it("has the amounts, and finds events by them however many come between", async () => {
    for (let index = 0; index < 300; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index), normalized(index * 100, "EUR", 2));
    fake.put("stripe#received", "RECEIVED", at(301));
    const [newest, next] = (await listNewest(fake.table, readFilters({}), { limit: 2 })).events;
    assert.deepEqual([newest.amount, next.amount], [undefined, { value: 29_900, currency: "EUR", exponent: 2 }]);
    const five = (await listNewest(fake.table, readFilters({ status: "processed" }), { limit: 5 })).events;
    assert.deepEqual(
      five.map(({ amount }) => amount?.value),
      [29_900, 29_800, 29_700, 29_600, 29_500],
    );
    const isLarge = amountFilter("298.50", undefined);
    const large = await listNewest(fake.table, readFilters({}), { limit: 2, hasAmount: isLarge });
    assert.deepEqual([large.events.map(({ transactionId }) => transactionId), large.cursor], [["stripe#299"], undefined]);
    const zero = await listNewest(fake.table, readFilters({}), { limit: 1, hasAmount: (amount) => amount?.value === 0 });
    assert.deepEqual([zero.events.map(({ transactionId }) => transactionId), zero.cursor], [["stripe#0"], undefined]);
  });
});

describe("An amount", () => {
  for (const [value, exponent, shown] of [
    [14_900, 2, "149.00 EUR"],
    [5, 2, "0.05 EUR"],
    [-5, 2, "-0.05 EUR"],
    [1_500, 0, "1500 EUR"],
    [1_234, 3, "1.234 EUR"],
  ] as const)
    it(`of ${value} with ${exponent} decimal places is shown as ${shown}`, () => {
      assert.equal(inMajorUnits({ value, currency: "EUR", exponent }), shown);
    });

  for (const [minimum, value, exponent, passes] of [
    ["100", 10_000, 2, true],
    ["100", 9_999, 2, false],
    ["0.07", 7, 2, true],
    ["99.50", 99, 0, false],
    ["99.50", 100, 0, true],
    ["1.2345", 12_345, 4, true],
    ["90071992547409.91", Number.MAX_SAFE_INTEGER, 2, true],
  ] as const)
    it(`of ${value} with ${exponent} decimal places is ${passes ? "" : "not "}at least ${minimum}`, () => {
      assert.equal(amountFilter(minimum, undefined)!({ value, currency: "EUR", exponent }), passes);
    });

  it("is of the currency that is asked for, in any letters", () => {
    const isEur = amountFilter(undefined, "eur")!;
    assert.deepEqual(
      [isEur({ value: 0, currency: "EUR", exponent: 2 }), isEur({ value: 0, currency: "USD", exponent: 2 }), isEur(undefined)],
      [true, false, false],
    );
  });

  for (const [minimum, currency] of [["-1"], ["1e3"], ["1,000"], ["1.23456"], [""], ["1", "euro"]] as [string, string?][])
    it(`is not filtered by ${minimum} ${currency ?? ""}`, () => {
      assert.throws(() => amountFilter(minimum, currency), { message: /^--(min-amount|currency) is ".*", but must be .+\.$/, exitCode: 2 });
    });
});

describe("A cursor", () => {
  it("is a word for the shell, and read again", () => {
    const place = { receivedAt: at(1), listed: ["stripe#evt_'1", "ü#2"] };
    assert.match(cursorOf(place), /^[\w-]+$/);
    assert.deepEqual(readCursor(cursorOf(place)), place);
  });

  for (const cursor of ["", "x", Buffer.from("{}").toString("base64url"), Buffer.from('["soon"]').toString("base64url")])
    it(`is refused where it is "${cursor}"`, () => {
      assert.throws(() => readCursor(cursor), { message: /^--cursor is not one that "events list" has printed\./, exitCode: 2 });
    });
});
