import * as assert from "node:assert/strict";
import { BatchGetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import type { EventsQuery } from "../../../cli/console/backend";
import { mostRead } from "../../../cli/console/counting";
import { findById, readEvents } from "../../../cli/console/events";
import { UsageError } from "../../../cli/lib/errors";
import type { Target } from "../../../cli/lib/target";
import { Status } from "../../../domain/event";
import { webhookId } from "../../../handlers/deliver/signing";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const webhookUrls = { stripe: "https://example.com/webhook/stripe", github: "https://example.com/webhook/github" };

/** Attributes of a payment that was normalized. */
function payment(value: number, meaning: Record<string, string> = {}): Record<string, AttributeValue> {
  const amount = { M: { value: { N: String(value) }, currency: { S: "EUR" }, exponent: { N: "2" } } };
  const references = Object.fromEntries(Object.entries(meaning).map(([name, text]) => [name, { S: text }]));
  return { kind: { S: "payment.succeeded" }, normalized: { M: { amount, ...references } } };
}

describe("The console's list of events", () => {
  let fake: FakeTable;
  beforeEach(() => (fake = fakeTable(1_000, 4)));
  afterEach(() => fake.restore());

  const list = (query: EventsQuery = {}) => readEvents({ ...fake.table, webhookUrls } as unknown as Target, query);
  const idsOf = async (query: EventsQuery) => (await list(query)).events.map(({ transactionId }) => transactionId);
  const refuses = (query: EventsQuery, sentence: string) => assert.rejects(list(query), new UsageError(sentence));

  it("is empty without events", async () => assert.deepEqual(await list(), { events: [], cursor: null }));

  it("has the newest hundred, unless it is asked for more or fewer", async () => {
    for (let index = 0; index < 600; index++) fake.put(`stripe#${index}`, Status.processed, at(index));
    const { events, cursor } = await list();
    assert.deepEqual([events.length, events[0].transactionId, typeof cursor], [100, "stripe#599", "string"]);
    for (const limit of ["1", "007", "500"]) assert.equal((await list({ limit })).events.length, Number(limit));
  });

  for (const limit of ["0", "501", "-1", "1.5", "1e2", "0x10", "", " 5", "5 ", "many", "٣", "9".repeat(400)])
    it(`refuses the limit ${JSON.stringify(limit.slice(0, 9))}`, () =>
      refuses({ limit }, `"limit" is "${limit}". Allowed: a whole number from 1 to 500.`));

  it("goes on where its cursor says, to the end, with each event once", async () => {
    for (let index = 0; index < 23; index++) fake.put(`stripe#${index}`, Object.values(Status)[index % 4], at(Math.floor(index / 5)));
    const pages: string[][] = [];
    for (let cursor: string | undefined | null = undefined; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list({ limit: "7", cursor });
      pages.push(page.events.map(({ transactionId }) => transactionId));
      ({ cursor } = page);
      assert.ok(pages.length < 10, "there is an end");
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [7, 7, 7, 2],
    );
    assert.equal(new Set(pages.flat()).size, 23);
  });

  it("refuses a cursor that it has not given", async () => {
    for (const cursor of ["", "abc", Buffer.from('["yesterday"]').toString("base64url"), Buffer.from("[1]").toString("base64url")])
      await refuses({ cursor }, '--cursor is not one that "events list" has printed. Leave it out to begin with the newest.');
  });

  it("has what passes every filter", async () => {
    fake.put("stripe#paid", Status.processed, at(1), payment(14_900));
    fake.put("stripe#small", Status.processed, at(2), payment(99));
    fake.put("stripe#failed", Status.failed, at(3));
    fake.put("github#pushed", Status.processed, at(4), { kind: { S: "other" } });
    fake.put("github#new", Status.received, at(5));
    const rows: [query: EventsQuery, ids: string[]][] = [
      [{ status: "FAILED" }, ["stripe#failed"]],
      [{ status: "received" }, ["github#new"]],
      [{ source: "github" }, ["github#new", "github#pushed"]],
      [{ kind: "payment.succeeded" }, ["stripe#small", "stripe#paid"]],
      [{ since: at(4) }, ["github#new", "github#pushed"]],
      [{ until: at(2) }, ["stripe#small", "stripe#paid"]],
      [{ since: at(2), until: at(3), source: "stripe" }, ["stripe#failed", "stripe#small"]],
      [{ minAmount: "0.99" }, ["stripe#small", "stripe#paid"]],
      [{ minAmount: "1", currency: "eur" }, ["stripe#paid"]],
      [{ currency: "USD" }, []],
      [{ status: "FAILED", source: "github" }, []],
    ];
    for (const [query, ids] of rows) assert.deepEqual(await idsOf(query), ids, JSON.stringify(query));
    assert.deepEqual((await list({ currency: "EUR" })).events.at(-1)?.amount, { value: 14_900, currency: "EUR", exponent: 2 });
  });

  for (const [query, sentence] of [
    [{ status: "lost" }, '--status is "LOST". Allowed: RECEIVED, PROCESSING, PROCESSED, FAILED.'],
    [{ source: "acme" }, '--source is "acme". Allowed: github, stripe.'],
    [{ source: "toString" }, '--source is "toString". Allowed: github, stripe.'],
    [{ minAmount: "-1" }, '--min-amount is "-1". Allowed: a number, such as 100 or 99.50.'],
    [{ currency: "EURO" }, '--currency is "EURO". Allowed: three letters, such as EUR.'],
    [{ since: at(2), until: at(1) }, `--since (${at(2)}) is after --until (${at(1)}). Give an earlier --since.`],
  ] as const)
    it(`refuses ${JSON.stringify(query)} in a sentence, and reads nothing`, async () => {
      await refuses(query, sentence);
      assert.equal(fake.queries.length, 0);
    });

  it("reads 20,000 entries at most, where a filter leaves out almost all", async () => {
    for (let index = 0; index <= 20_000; index++) fake.put(`stripe#${index}`, Status.processed, at(index));
    await assert.rejects(list({ source: "github" }), /The filters leave out all but few of the newest 20,000 events\. Give --since/);
    assert.equal((await list({ source: "github", since: at(1_000) })).events.length, 0);
    assert.equal((await list({ limit: "500" })).events.length, 500);
  });

  it("reads nothing more once nobody waits for it", async () => {
    for (let index = 0; index < 50; index++) fake.put(`stripe#${index}`, Status.processed, at(index));
    const gone = readEvents({ ...fake.table, webhookUrls } as unknown as Target, {}, AbortSignal.abort());
    await assert.rejects(gone, { name: "AbortError" });
    assert.ok(fake.queries.length <= 4, "a page of each shard");
  });

  it("refuses a kind and a time that are none", async () => {
    await assert.rejects(list({ kind: "payments" }), /--kind is "payments"\. Allowed: payment\.authorized, .+, other\.$/);
    for (const since of ["soon", "2026-02-30", "5w"]) await assert.rejects(list({ since }), /--since is ".+"\. Allowed: a time, such as /);
  });
});

describe("The console's search for an ID", () => {
  let fake: FakeTable;
  beforeEach(() => {
    fake = fakeTable(1_000, 4);
    fake.put("stripe#evt_1", Status.processed, at(1), payment(14_900, { paymentReference: "pi_1", customerReference: "cus_1" }));
    fake.put("stripe#evt_2", Status.processed, at(2), payment(100, { customerReference: "cus_1", account: "acct_1" }));
    fake.put("stripe#same", Status.failed, at(3));
    fake.put("github#same", Status.received, at(4));
  });
  afterEach(() => fake.restore());

  const findWithEvents = (id: string) => findById({ ...fake.table, webhookUrls } as unknown as Target, id);
  const find = async (id: string) => {
    const { ids, searched, events } = await findWithEvents(id);
    assert.deepEqual(events.map(({ transactionId }) => transactionId).sort(), [...ids].sort());
    return { ids, searched };
  };

  it("finds the event of a transaction ID, and reads no other", async () => {
    assert.deepEqual(await find("stripe#evt_1"), { ids: ["stripe#evt_1"], searched: 0 });
    assert.equal(fake.queries.length, 0);
  });

  it("finds the events to which their sources gave the ID, also of two sources", async () => {
    assert.deepEqual(await find("evt_2"), { ids: ["stripe#evt_2"], searched: 0 });
    const { ids, searched } = await find("same");
    assert.deepEqual([ids.sort(), searched], [["github#same", "stripe#same"], 0]);
    assert.equal(fake.queries.length, 0);
  });

  it("tells what each event is that it finds, newest first, of at most a hundred", async () => {
    const { events } = await findWithEvents("same");
    assert.deepEqual(
      events.map(({ transactionId, status }) => [transactionId, status]),
      [
        ["github#same", "RECEIVED"],
        ["stripe#same", "FAILED"],
      ],
    );
    for (let index = 0; index < 120; index++)
      fake.put(`stripe#${index}`, Status.processed, at(100 + index), payment(1, { customerReference: "cus_2" }));
    const many = await findWithEvents("cus_2");
    assert.deepEqual([many.ids.length, many.events.length, many.events[0].transactionId], [120, 100, "stripe#119"]);
  });

  it("asks for an ID, and finds nothing by one that no event can have", async () => {
    await assert.rejects(find(" "), new UsageError("Give an ID."));
    assert.equal(fake.itemsRead, 0);
    for (const id of ["x".repeat(2_049), "é".repeat(1_025)]) assert.deepEqual(await find(id), { ids: [], searched: 4 });
    const keys = fake.mock.commandCalls(BatchGetItemCommand).flatMap(({ args }) => args[0].input.RequestItems!.events.Keys!);
    assert.ok(keys.every(({ transaction_id }) => Buffer.byteLength(transaction_id.S!) <= 2_048));
  });

  it("takes an ID as it was copied, with spaces around it", async () => {
    assert.deepEqual((await find(" \tevt_1\n")).ids, ["stripe#evt_1"]);
  });

  it("finds the event of a delivery's webhook-id", async () => {
    for (const id of ["stripe#evt_1", "stripe#same", "github#same"])
      assert.deepEqual(await find(webhookId(id)), { ids: [id], searched: 4 }, id);
  });

  it("finds the events of a payment, a customer or an account, newest first", async () => {
    assert.deepEqual(await find("pi_1"), { ids: ["stripe#evt_1"], searched: 4 });
    assert.deepEqual(await find("cus_1"), { ids: ["stripe#evt_2", "stripe#evt_1"], searched: 4 });
    assert.deepEqual(await find("acct_1"), { ids: ["stripe#evt_2"], searched: 4 });
  });

  it("finds nothing by a part of an ID, and says among how many events it looked", async () => {
    for (const id of ["evt", "stripe#evt_", "PI_1", "undefined", "acme#evt_1"])
      assert.deepEqual(await find(id), { ids: [], searched: 4 }, id);
  });

  it("looks through the newest thousand for what is no key", async () => {
    for (let index = 0; index < mostRead; index++) fake.put(`stripe#${index}`, Status.processed, at(100 + index));
    assert.deepEqual(await find("pi_1"), { ids: [], searched: mostRead });
    assert.deepEqual((await find("evt_1")).ids, ["stripe#evt_1"]);
  });
});
