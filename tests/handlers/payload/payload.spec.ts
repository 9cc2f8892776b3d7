import * as assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { mockClient } from "aws-sdk-client-mock";
import { Attribute } from "../../../domain/event";
import { payloadInItem } from "../../../domain/payload";
import { inItem } from "../../../handlers/payload/payload";
import { handler as processHandler } from "../../../handlers/process";
import { capturingOutput, lambdaContext } from "../../../testbed/handlers";
import { PutItemCommand } from "../../helpers/jsonMocks";
import { Receiver } from "../../helpers/receiver";

const sized = (bytes: number) => Buffer.from(`{"id":"evt_big","type":"charge.failed","pad":"${"x".repeat(bytes - 48)}"}`);
const digest = (part: string | Buffer) => createHash("sha256").update(part).digest("hex");
const Bucket = "webhook-payloads-test-000000000000";
const mockS3 = () => mockClient(S3Client);
const mockDynamodb = () => mockClient(DynamoDBClient);

describe("A body that is too large for an item", () => {
  let s3: ReturnType<typeof mockS3>;
  before(() => (s3 = mockS3()));
  beforeEach(() => s3.reset());
  after(() => s3.restore());

  describe("at the receiver", () => {
    const receiver = new Receiver();
    const receive = (body: Buffer) => receiver.receive(receiver.signed("stripe", body));
    const objects = () => s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);

    it("is in the item up to 300,000 bytes, and above in the bucket", async () => {
      assert.equal(sized(300_000).length, 300_000);
      for (const bytes of [300_000, 300_001]) assert.equal((await receive(sized(bytes))).status, 202);
      const [inItem, inBucket] = receiver.puts().map(({ Item }) => Item!);
      assert.deepEqual([Buffer.from(payloadInItem(inItem)!), inItem.payload_key], [sized(300_000), undefined]);
      const Key = `stripe/${digest("stripe#evt_big")}/${digest(sized(300_001))}`;
      assert.deepEqual([inBucket.payload, inBucket.payload_key], [undefined, { S: Key }]);
      assert.deepEqual(objects(), [{ Bucket, Key, Body: sized(300_001) }]);
    });

    it("is in the bucket before the item refers to it", async () => {
      const order: string[] = [];
      s3.on(PutObjectCommand).callsFake(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return order.push("object");
      });
      receiver.dynamodb.on(PutItemCommand).callsFake(() => order.push("item"));
      await receive(sized(400_000));
      assert.deepEqual(order, ["object", "item"]);
    });

    it("is not acknowledged, and no item refers to it, if the bucket refuses it", async () => {
      s3.on(PutObjectCommand).rejects(new Error("AccessDenied"));
      const { status, headers, output } = await receive(sized(400_000));
      assert.deepEqual([status, headers["Retry-After"], receiver.puts().length], [503, "30", 0]);
      assert.match(output, /"PayloadFailures":\[?1/);
    });

    it("is not stored if it is forged", async () => {
      const event = receiver.signed("stripe", sized(400_000));
      await receiver.refusedWithout({ ...event, body: sized(400_001).toString() }, 401, "signature");
      assert.equal(objects().length, 0);
    });
  });

  describe("at the processor", () => {
    let dynamodb: ReturnType<typeof mockDynamodb>;
    before(() => (dynamodb = mockDynamodb()));
    beforeEach(() => {
      dynamodb.reset();
      const item = {
        status: "RECEIVED",
        source: "stripe",
        event_type: "charge.failed",
        received_at: "2026-01-31T12:00:00.000Z",
        payload_key: "stripe/1/2",
        media_type: "json",
      };
      const texts = Object.entries({ ...item, occurred_at: item.received_at }).map(([name, S]) => [name, { S }]);
      dynamodb.on(GetItemCommand).resolves({ Item: Object.fromEntries(texts) as never });
      dynamodb.on(UpdateItemCommand).resolves({});
    });
    after(() => dynamodb.restore());
    const run = () => capturingOutput(() => processHandler({ transactionId: "stripe#evt_big", claim: "1#0" }, lambdaContext));

    it("is read from the bucket", async () => {
      const Body = { transformToByteArray: () => Promise.resolve(new Uint8Array(sized(400_000))) };
      s3.on(GetObjectCommand, { Bucket, Key: "stripe/1/2" }).resolves({ Body: Body as never });
      const { result } = await run();
      assert.equal(result.outcome === "OWNED" && result.event.kind, "payment.failed");
    });

    it("is read at the next try if the first one fails", async () => {
      s3.on(GetObjectCommand).rejects(Object.assign(new Error("Please reduce your request rate."), { name: "SlowDown", $metadata: {} }));
      await capturingOutput(() =>
        assert.rejects(run(), { name: "StoreUnavailable", message: "SlowDown: Please reduce your request rate." }),
      );
    });
  });
});

const properties = { numRuns: Number(process.env.FUZZ_CASES ?? 300) };
const event = Buffer.from(JSON.stringify({ id: "evt_1", object: Array.from({ length: 100 }, (_, index) => ({ index, currency: "eur" })) }));

describe("A body in its item", () => {
  it("is compressed and restored byte for byte", () => {
    const attributes = inItem(event);
    assert.equal(attributes[Attribute.payloadEncoding].S, "br");
    assert.ok(attributes[Attribute.payload].B!.length < event.length / 3);
    assert.deepEqual(Buffer.from(payloadInItem(attributes)!), event);
  });

  it("is not compressed if that saves nothing", () => {
    for (const body of [Buffer.from('{"id":"evt_1"}'), randomBytes(511)])
      assert.deepEqual(inItem(body), { [Attribute.payload]: { B: body } });
  });

  it("is restored byte for byte whatever it is, and never becomes larger", () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 3_000, size: "max" }),
      fc.json().map((text) => Buffer.from(text.repeat(30))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const attributes = inItem(body);
        assert.ok(Buffer.from(payloadInItem(attributes)!).equals(body));
        assert.ok(attributes[Attribute.payload].B!.length <= body.length);
      }),
      properties,
    );
  });

  it("is absent in an item without one", () => assert.equal(payloadInItem({}), undefined));

  it("causes an error if it is damaged", () => {
    const { payload, payload_encoding } = inItem(event);
    assert.throws(() => payloadInItem({ payload: { B: payload.B!.subarray(0, 20) }, payload_encoding }), /unexpected end of file/i);
  });
});
