import * as assert from "node:assert/strict";
import { Segment, type Subsegment } from "aws-xray-sdk-core";
import { safeDescription } from "../../handlers/errors";
import { identifyEverywhere, traced, tracer } from "../../handlers/telemetry";

type Document = Segment | Subsegment;

describe("A trace", () => {
  const root = new Segment("facade");
  let current: Document | undefined = root;
  const provider = tracer.provider;
  const originals = { getSegment: provider.getSegment, setSegment: provider.setSegment };
  const isTracingEnabled = tracer.isTracingEnabled;
  beforeEach(() => {
    current = root;
    tracer.isTracingEnabled = () => true;
    Object.assign(provider, { getSegment: () => current, setSegment: (segment: Document) => (current = segment) });
  });
  afterEach(() => {
    tracer.isTracingEnabled = isTracingEnabled;
    Object.assign(provider, originals);
  });

  it("names the event on a subsegment of its own, since Lambda's segment takes no annotations", async () => {
    let inside: Document | undefined;
    await traced("receive", async () => {
      inside = current;
      identifyEverywhere("stripe", "stripe#evt_1");
    });
    const { annotations, name } = inside as unknown as { annotations: object; name: string };
    assert.equal(name, "receive");
    assert.deepEqual(annotations, { transactionId: "stripe#evt_1", provider: "stripe" });
  });

  it("ends with the work, also when that fails", async () => {
    let inside: Document | undefined;
    const failing = traced("receive", async () => {
      inside = current;
      throw new Error("work");
    });
    await assert.rejects(failing, { message: "work" });
    assert.equal(inside!.isClosed(), true);
    assert.equal(current, root);
  });

  it("is done without where there is none", async () => {
    current = undefined;
    assert.equal(await traced("receive", async () => "done"), "done");
  });
});

describe("An error's description for logs", () => {
  it("is no more than a name where the error may quote something", () => {
    assert.equal(safeDescription(new SyntaxError("quotes")), "SyntaxError");
    assert.equal(safeDescription("quotes"), "UnknownError");
  });
});
