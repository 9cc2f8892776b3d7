import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Attribute } from "../../domain/event";
import { payloadAttributes, payloadOf } from "../../domain/payload";

const properties = { numRuns: Number(process.env.FUZZ_CASES ?? 300) };
const event = Buffer.from(JSON.stringify({ id: "evt_1", object: Array.from({ length: 100 }, (_, index) => ({ index, currency: "eur" })) }));

describe("A body in its item", () => {
  it("is compressed, and comes back to the byte", () => {
    const attributes = payloadAttributes(event);
    assert.equal(attributes[Attribute.payloadEncoding].S, "br");
    assert.ok(attributes[Attribute.payload].B!.length < event.length / 3);
    assert.deepEqual(Buffer.from(payloadOf(attributes)!), event);
  });

  it("stays as it is where that is no gain", () => {
    const random = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 2_654_435_761) >>> 24));
    for (const body of [Buffer.from('{"id":"evt_1"}'), random.subarray(0, 511)])
      assert.deepEqual(payloadAttributes(body), { [Attribute.payload]: { B: body } });
  });

  it("comes back to the byte whatever it is, and is never larger than it was", () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 3_000, size: "max" }),
      fc.json().map((text) => Buffer.from(text.repeat(30))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const attributes = payloadAttributes(body);
        assert.ok(Buffer.from(payloadOf(attributes)!).equals(body));
        assert.ok(attributes[Attribute.payload].B!.length <= body.length);
      }),
      properties,
    );
  });

  it("is not there in an item without one", () => assert.equal(payloadOf({}), undefined));

  it("that is damaged is not taken for another", () => {
    const { payload, payload_encoding } = payloadAttributes(event);
    assert.throws(() => payloadOf({ payload: { B: payload.B!.subarray(0, 20) }, payload_encoding }), /unexpected end of file/i);
  });
});
