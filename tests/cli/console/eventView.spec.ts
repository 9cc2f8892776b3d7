import * as assert from "node:assert/strict";
import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { brotliCompressSync } from "node:zlib";
import { readBody, readEventView } from "../../../cli/console/eventView";
import { shownPayload } from "../../../cli/console/payload";
import { readRunbook } from "../../../cli/console/runbook";
import type { Target } from "../../../cli/lib/target";
import { deliveryId, type DestinationOutput } from "../../../domain/destinations";
import { NotFoundError } from "../../../domain/userError";
import { itemOf, type Row } from "../../../handlers/deliver/items";
import { fakeTable, type FakeTable } from "../events/fakeTable";

type Item = Record<string, AttributeValue>;

const id = "stripe#evt_1";
const receivedAt = "2026-01-31T12:00:00.000Z";
const queues = { queueUrl: "https://q", deadLetterQueueUrl: "https://d", ruleName: "r" };
const https = (filter: Partial<DestinationOutput> = {}): DestinationOutput => ({ type: "https", ...queues, ...filter });
const isRefund = { kind: { S: "refund" }, event_type: { S: "charge.refunded" }, normalized: { M: {} } };

describe("The console's view of an event", () => {
  let fake: FakeTable;
  let rows: Row[];
  /** Objects in the payload bucket. */
  let objects: Record<string, Buffer>;
  /** Attributes that were read of the event, each time. */
  let read: string[][];
  beforeEach(() => {
    fake = fakeTable();
    [rows, objects, read] = [[], {}, []];
    fake.mock.on(GetItemCommand).callsFake(({ TableName, Key, ExpressionAttributeNames = {} }) => {
      if (TableName === "deliveries") return { Item: rows.map(itemOf).find((row) => row.delivery_id.S === Key.delivery_id.S) };
      const names = Object.values(ExpressionAttributeNames as Record<string, string>);
      read.push(names);
      const stored: Item | undefined = fake.items.get(Key.transaction_id.S as string);
      return { Item: stored && Object.fromEntries(Object.entries(stored).filter(([name]) => names.includes(name))) };
    });
  });
  afterEach(() => fake.restore());

  const put = (status: string, rest: Item = {}) => fake.put(id, status, receivedAt, rest);
  const target = (destinations: Record<string, DestinationOutput> = {}) =>
    ({
      ...fake.table,
      s3: { send: async ({ input }: { input: { Key: string } }) => ({ Body: { transformToByteArray: async () => objects[input.Key] } }) },
      payloadBucketName: "payloads",
      webhookUrls: { stripe: "https://example.com/webhook/stripe" },
      destinations,
      deliveriesTableName: "deliveries",
    }) as unknown as Target;
  const view = (destinations?: Record<string, DestinationOutput>) => readEventView(target(destinations), id);
  const row = (destination: string, changes: Partial<Row> = {}): Row => ({
    destination,
    transactionId: id,
    status: "OPEN",
    generation: "",
    generationAt: 0,
    trigger: "event",
    attempts: 1,
    history: [{ at: receivedAt, durationMs: 12, status: 503 }],
    since: receivedAt,
    expiresAt: 0,
    ...changes,
  });

  it("has the event, where its source posts, and no body", async () => {
    put("PROCESSED", {
      ...isRefund,
      attempts: { N: "2" },
      payload: { B: Buffer.from("{}") },
      headers: { M: { "user-agent": { S: "Stripe/1.0" } } },
    });
    const found = await view();
    assert.deepEqual(
      [found.event.transactionId, found.event.status, found.event.kind, found.event.attempts, found.event.normalized?.eventId],
      [id, "PROCESSED", "refund", 2, "evt_1"],
    );
    assert.deepEqual([found.headers, found.webhookUrl], [{ "user-agent": "Stripe/1.0" }, "https://example.com/webhook/stripe"]);
    assert.ok(
      read.flat().every((name) => !name.startsWith("payload")),
      "a body is read only when a person asks",
    );
  });

  it("has no URL where the source is configured no more", async () => {
    put("RECEIVED", { source: { S: "acme" } });
    assert.equal((await view()).webhookUrl, null);
  });

  it("does not exist without its event", async () => {
    await assert.rejects(view(), new NotFoundError(`There is no event ${id} in events. "events list" lists what there is.`));
  });

  describe("names the entry of the runbook", () => {
    it("for a failed event, and the runbook has it", async () => {
      put("FAILED");
      const { runbook } = await view();
      assert.equal(runbook, "dead-letters");
      assert.match(readRunbook(runbook!).text, /redrive/);
    });

    for (const status of ["RECEIVED", "PROCESSING", "PROCESSED"])
      it(`for none that is ${status}`, async () => {
        put(status);
        assert.equal((await view()).runbook, null);
      });
  });

  describe("lists destinations", () => {
    const all = {
      everything: https(),
      refunds: https({ kinds: ["refund"] }),
      payments: https({ kinds: ["payment.succeeded"] }),
      charges: https({ eventTypes: ["charge.*"] }),
      github: https({ sources: ["github"] }),
      ledger: { type: "queue", ...queues } as DestinationOutput,
    };

    it("with their stored deliveries, and those that are silent: their filter passes the event, and nothing is stored", async () => {
      put("PROCESSED", isRefund);
      rows = [row("refunds"), row("github", { status: "DELIVERED", trigger: "backfill" })];
      const { deliveries, silent } = await view(all);
      assert.deepEqual(
        deliveries.map(({ destination, status, trigger }) => [destination, status, trigger]),
        [
          ["refunds", "OPEN", "event"],
          ["github", "DELIVERED", "backfill"],
        ],
      );
      assert.deepEqual(deliveries[0].history, [{ at: receivedAt, durationMs: 12, status: 503 }]);
      assert.deepEqual(silent, ["everything", "charges", "ledger"]);
    });

    for (const status of ["RECEIVED", "PROCESSING", "FAILED"])
      it(`of which none is silent of an event that is ${status}: it was not published`, async () => {
        put(status, isRefund);
        assert.deepEqual((await view(all)).silent, []);
      });

    it("each by itself, however alike the IDs of deliveries are", async () => {
      put("PROCESSED", isRefund);
      rows = [row("refunds", { transactionId: `${id}0` })];
      assert.equal(deliveryId("refunds", id) === deliveryId("refunds", `${id}0`), false);
      const { deliveries, silent } = await view({ refunds: all.refunds });
      assert.deepEqual([deliveries, silent], [[], ["refunds"]]);
    });
  });

  describe("has a content type", () => {
    const rowsOfTypes: [what: string, item: Item, type: string][] = [
      [
        "with which the body came",
        { headers: { M: { "content-type": { S: "application/cloudevents+json" } } } },
        "application/cloudevents+json",
      ],
      ["of JSON where no format is stored", {}, "application/json"],
      ["of a form", { media_type: { S: "form" } }, "application/x-www-form-urlencoded"],
      ["of XML", { media_type: { S: "xml" } }, "application/xml"],
      ["of bytes", { media_type: { S: "bytes" } }, "application/octet-stream"],
      ["of JSON where the format is one of a later version", { media_type: { S: "cbor" } }, "application/json"],
    ];
    for (const [what, item, type] of rowsOfTypes)
      it(what, async () => {
        put("RECEIVED", { payload: { B: Buffer.from("x") }, ...item });
        assert.equal((await view()).mediaType, type);
        assert.equal((await readBody(target(), id)).mediaType, type);
      });
  });

  describe("has a body, when a person asks for it", () => {
    const body = Buffer.from('{"amount": 1.10, "text": "é"}\n');
    const bytes = async () => (await readBody(target(), id)).bytes;

    it("byte for byte as it came", async () => {
      put("RECEIVED", { payload: { B: body } });
      assert.deepEqual(await bytes(), body);
    });

    it("also if it was compressed", async () => {
      put("RECEIVED", { payload: { B: brotliCompressSync(body) }, payload_encoding: { S: "br" } });
      assert.deepEqual(await bytes(), body);
    });

    it("also if it is in the bucket", async () => {
      objects["2026/01/31/1"] = body;
      put("RECEIVED", { payload_key: { S: "2026/01/31/1" } });
      assert.deepEqual(await bytes(), body);
    });

    it("also an empty one", async () => {
      put("RECEIVED", { payload: { B: Buffer.alloc(0) } });
      assert.deepEqual(await bytes(), Buffer.alloc(0));
    });

    it("unless it is not stored any more", async () => {
      put("PROCESSED");
      await assert.rejects(readBody(target(), id), new NotFoundError(`The payload of ${id} is not stored any more.`));
    });

    it("unless it is not in the bucket any more", async () => {
      const s3 = { send: () => Promise.reject(Object.assign(new Error("The specified key does not exist."), { name: "NoSuchKey" })) };
      put("PROCESSED", { payload_key: { S: "2026/01/31/1" } });
      const gone = { ...target(), s3 } as unknown as Target;
      await assert.rejects(readBody(gone, id), new NotFoundError(`The payload of ${id} is not stored any more.`));
    });

    it("unless there is no such event", async () => {
      await assert.rejects(
        readBody(target(), id),
        new NotFoundError(`There is no event ${id} in events. "events list" lists what there is.`),
      );
    });
  });
});

describe("What the page shows of a body", () => {
  const most = 262_144;

  it("is all of it, up to 256 KB", () => {
    for (const length of [0, 1, most]) {
      const bytes = Buffer.alloc(length, "é");
      const { base64, ...rest } = shownPayload({ bytes, mediaType: "text/plain" });
      assert.deepEqual(rest, { bytes: length, isCut: false, mediaType: "text/plain" });
      assert.ok(Buffer.from(base64, "base64").equals(bytes));
    }
  });

  it("is the beginning of a longer one, with its length", () => {
    const bytes = Buffer.alloc(most + 1, "x");
    const { base64, ...rest } = shownPayload({ bytes, mediaType: null });
    assert.deepEqual(rest, { bytes: most + 1, isCut: true, mediaType: null });
    assert.equal(Buffer.from(base64, "base64").length, most);
  });
});
