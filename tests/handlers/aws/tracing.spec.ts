import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { childEnvironment, messageOf, startChild } from "../../../tools/bench/children";
import { bundleHandler } from "../../../components/lib/bundle";
import { identifyEverywhere } from "../../../handlers/aws/telemetry";
import { withTracing, traced } from "../../../handlers/aws/tracing";
import { freshSample } from "../../../local/samples";
import { signedEvent, testSigning } from "../../../testbed/handlers";

const header = (sampled: 0 | 1) => `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${sampled}`;

interface Segment {
  name: string;
  annotations: Record<string, string>;
  closed: boolean;
}

describe("A trace", () => {
  const root = { addNewSubsegment: (name: string) => (segments.push(subsegment(name)), segments.at(-1)) };
  let segments: Segment[];
  let current: unknown;
  let captured: unknown[];
  let restore: () => void;
  const subsegment = (name: string): Segment => {
    const segment: Segment = { name, annotations: {}, closed: false };
    return Object.assign(segment, { close: () => (segment.closed = true) });
  };
  /** X-Ray's library as loaded in Lambda, without sending. */
  before(async () => {
    const { Tracer } = await import("@aws-lambda-powertools/tracer");
    const { getSegment, setSegment, putAnnotation, captureAWSv3Client } = Tracer.prototype;
    captured = [];
    Object.assign(Tracer.prototype, {
      getSegment: () => current,
      setSegment: (segment: unknown) => (current = segment),
      putAnnotation: (key: string, value: string) => ((current as Segment).annotations[key] = value),
      captureAWSv3Client: (client: unknown) => captured.push(client),
    });
    restore = () => Object.assign(Tracer.prototype, { getSegment, setSegment, putAnnotation, captureAWSv3Client });
  });
  beforeEach(() => {
    [segments, current] = [[], root];
    process.env._X_AMZN_TRACE_ID = header(1);
  });
  afterEach(() => delete process.env._X_AMZN_TRACE_ID);
  after(() => restore());

  it("does not begin, and loads no X-Ray library, if the request is not sampled", async () => {
    for (const id of [header(0), "", undefined]) {
      if (id === undefined) delete process.env._X_AMZN_TRACE_ID;
      else process.env._X_AMZN_TRACE_ID = id;
      assert.equal(await traced("receive", async () => "done"), "done");
    }
    assert.deepEqual([segments, captured], [[], []]);
  });

  it("names the event on its own subsegment, because Lambda's segment accepts no annotations", async () => {
    await traced("receive", async () => identifyEverywhere("stripe", "stripe#evt_1"));
    assert.deepEqual(
      segments.map(({ name, annotations, closed }) => ({ name, annotations, closed })),
      [{ name: "receive", annotations: { transactionId: "stripe#evt_1", source: "stripe" }, closed: true }],
    );
    assert.equal(current, root);
  });

  it("ends with the work, even if that fails, and has no later annotations", async () => {
    await assert.rejects(
      traced("receive", () => Promise.reject(new Error("work"))),
      { message: "work" },
    );
    assert.equal(segments[0].closed, true);
    assert.equal(current, root);
    identifyEverywhere("stripe", "stripe#evt_2");
    assert.deepEqual(segments[0].annotations, {});
  });

  it("is not required", async () => {
    current = undefined;
    assert.equal(await traced("receive", async () => "done"), "done");
  });

  it("has the calls of every client, whenever the client is created", async () => {
    const [before, during, after] = [{}, {}, {}];
    withTracing(before);
    await traced("receive", async () => withTracing(during));
    withTracing(after);
    for (const client of [before, during, after]) assert.equal(captured.filter((one) => one === client).length, 1);
  });

  it("is also requested by the store that replaces the variable in newer runtimes", async () => {
    const { awslambda } = globalThis as { awslambda?: object };
    process.env._X_AMZN_TRACE_ID = header(0);
    Object.assign(globalThis, { awslambda: { ...awslambda, InvokeStore: { getXRayTraceId: () => header(1) } } });
    await traced("receive", async () => undefined);
    Object.assign(globalThis, { awslambda });
    assert.equal(segments.length, 1);
  });
});

describe("The data that the receiver's bundle sends to X-Ray's daemon", () => {
  interface Document {
    name: string;
    id: string;
    parent_id: string;
    trace_id: string;
    annotations?: Record<string, string>;
    aws?: { operation: string; table_name: string };
  }

  it("is the ID and calls of each sampled invocation, and nothing of any other", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "webhook-traces-"));
    const { signing } = await testSigning();
    const stub = startChild("tools/bench/stub.mjs", [signing.stripe.secret]);
    try {
      const endpoint = `http://127.0.0.1:${await messageOf<number>(stub)}`;
      const sampled = [0, 1, 1, 0, 1];
      const eventsFile = path.join(folder, "events.json");
      writeFileSync(eventsFile, JSON.stringify(sampled.map(() => signedEvent("stripe", freshSample("stripe"), signing))));
      const module = path.resolve(bundleHandler("receive")["index.mjs"]);
      const child = startChild("tests/helpers/traces.mjs", [JSON.stringify({ module, eventsFile, sampled })], childEnvironment(endpoint));
      const { statuses, documents, warnings } = await messageOf<{ statuses: number[]; documents: Document[]; warnings: string[] }>(child);
      assert.deepEqual(warnings, [], "the libraries take every client for what it is");
      assert.deepEqual(statuses, [202, 202, 202, 202, 202]);
      const own = documents.filter(({ name }) => name === "receive");
      assert.deepEqual(
        own.map(({ trace_id, parent_id }) => [trace_id.at(-1), parent_id.at(-1)]),
        [
          ["1", "1"],
          ["2", "2"],
          ["4", "4"],
        ],
      );
      for (const { annotations } of own) assert.match(annotations!.transactionId, /^stripe#evt_/);
      const calls = documents.filter(({ name }) => name !== "receive");
      assert.deepEqual(
        calls.map(({ name, aws, parent_id }) => [name, aws!.operation, parent_id]),
        own.map(({ id }) => ["DynamoDB", "PutItem", id]),
      );
    } finally {
      stub.disconnect();
      rmSync(folder, { recursive: true });
    }
  });
});
