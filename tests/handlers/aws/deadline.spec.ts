import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { childEnvironment, messageOf, startChild } from "../../../tools/bench/children";
import { bundleHandler } from "../../../components/lib/bundle";
import type { HandlerName } from "../../../domain/names";
import { Variable } from "../../../domain/variables";
import { within } from "../../../handlers/aws/deadline";
import { signedEvent, testSigning } from "../../../testbed/handlers";
import { listenAsAws, listenInSilence, type Silence } from "../../helpers/silence";

interface Ended {
  result?: { statusCode: number; headers: Record<string, string> };
  error?: { name: string; message: string };
  milliseconds: number;
}

/** AWS's answer, by call and text. */
type Answers = (call: string, text: string) => object | Silence;

/** Runs a bundled handler, with concurrent invocations, against these answers of AWS. */
async function invoke(handler: HandlerName, answers: Answers, invocations: { event: object; limitMs?: number }[]): Promise<Ended[]> {
  const aws = await listenAsAws(answers);
  const endpoint = `http://127.0.0.1:${aws.port}`;
  const own = {
    [Variable.deadLetterQueueUrl]: `${endpoint}/1/dead-letters`,
    [Variable.staleSeconds]: "900",
    [Variable.leaseSeconds]: "360",
    [Variable.indexShards]: "1",
  };
  const module = path.resolve(bundleHandler(handler)["index.mjs"]);
  const given = invocations.map(({ event, limitMs = 30_000 }) => ({ event, limitMs }));
  const child = startChild("tests/helpers/invoke.mjs", [], { ...childEnvironment(endpoint), ...own });
  try {
    child.send({ module, invocations: given });
    const { ended, warnings } = await messageOf<{ ended: Ended[]; warnings: string[] }>(child);
    assert.deepEqual(warnings, []);
    return ended;
  } finally {
    await aws.close();
  }
}

/** Answers to a call: the first time, the second, and so on. The last one repeats. */
function inTurn(...answers: (object | Silence)[]): () => object | Silence {
  return () => (answers.length > 1 ? answers.shift()! : answers[0]);
}

const endedIn = ({ milliseconds }: Ended, seconds: number) => assert.ok(milliseconds < seconds * 1_000, `${milliseconds} ms`);

/** Case of the receiver: size of the body, time that Lambda leaves, and answers to its calls. */
interface Received {
  bytes?: number;
  limitMs?: number;
  to: Partial<Record<string, () => object | Silence>>;
}
const received: Record<string, Received> = {
  "if the store does not answer": { to: { PutItem: inTurn("no answer") } },
  "if the store stalls in its answer": { to: { PutItem: inTurn("half an answer") } },
  "if the store's answer comes byte by byte": { to: { PutItem: inTurn("byte by byte") } },
  "if the bucket does not answer": { bytes: 400_000, to: { PUT: inTurn("no answer") } },
  "if each of several calls is slow": { bytes: 400_000, to: { PUT: inTurn("no answer", "no answer", {}), PutItem: inTurn("no answer") } },
  "and sooner, if Lambda gives it less time": { limitMs: 5_000, to: { PutItem: inTurn("no answer") } },
};

async function receive(): Promise<Map<string, Ended>> {
  const { signing } = await testSigning();
  const names = Object.keys(received);
  const digest = (id: string) => createHash("sha256").update(`stripe#${id}`).digest("hex");
  const eventOf = (id: string, bytes = 0) =>
    signedEvent("stripe", Buffer.from(JSON.stringify({ id, type: "charge.failed", pad: "x".repeat(bytes) })), signing);
  const answers: Answers = (call, text) => {
    if (call === "GetSecretValue") return { SecretString: JSON.stringify({ secret: signing.stripe.secret }) };
    const index = names.findIndex((_, number) => text.includes(`stripe#event-${number}"`) || text.includes(digest(`event-${number}`)));
    return received[names[index]].to[call]?.() ?? {};
  };
  const invocations = Object.values(received).map(({ bytes, limitMs }, index) => ({ event: eventOf(`event-${index}`, bytes), limitMs }));
  const [ended, [withoutSecret]] = await Promise.all([
    invoke("receive", answers, invocations),
    invoke("receive", () => "no answer", [{ event: eventOf("event-0") }]),
  ]);
  return new Map([...names.map((name, index) => [name, ended[index]] as const), ["if the secret cannot be read", withoutSecret]]);
}

const item = (id: string, more: object = {}) => ({
  Item: { transaction_id: { S: id }, status: { S: "RECEIVED" }, source: { S: "stripe" }, event_type: { S: "charge.failed" }, ...more },
});
const inBucket = (id: string) => item(id, { payload_key: { S: id } });
const processed: Record<string, { limitMs?: number; answers: Answers }> = {
  "if the table does not answer": { answers: () => "no answer" },
  "if the table's answer comes byte by byte": { limitMs: 6_000, answers: () => "byte by byte" },
  "if an object stalls": { answers: (call, id) => (call === "GetItem" ? inBucket(id) : "half an answer") },
  "if an object comes byte by byte": { limitMs: 6_000, answers: (call, id) => (call === "GetItem" ? inBucket(id) : "byte by byte") },
  "if Lambda gives it less time than one try takes": { limitMs: 3_000, answers: () => "no answer" },
};

function process(): Promise<Ended[]> {
  const all = Object.values(processed);
  const answers: Answers = (call, text) => {
    const [id, number] = /stripe#(\d)/.exec(decodeURIComponent(text))!;
    return all[Number(number)].answers(call, id);
  };
  const invocations = all.map(({ limitMs }, index) => ({ event: { transactionId: `stripe#${index}`, claim: "1#0" }, limitMs }));
  return invoke("process", answers, invocations);
}

/** Lists ten events whose workers died, and never answers writes. */
async function reconcile(): Promise<Ended> {
  const Items = Array.from({ length: 10 }, (_, index) => ({
    transaction_id: { S: `stripe#${index}` },
    status: { S: "PROCESSING" },
    received_at: { S: "2026-01-31T12:00:00.000Z" },
    due_at: { N: "1" },
    lease_until: { N: "1" },
    attempts: { N: "1" },
  }));
  const answers: Answers = (call, text) => {
    const [, table] = /"RequestItems":\{"([^"]+)"/.exec(text) ?? [];
    return table ? { Responses: { [table]: Items } } : call === "Query" ? { Items } : "no answer";
  };
  return (await invoke("reconcile", answers, [{ event: {}, limitMs: 11_000 }]))[0];
}

/** Runs all at once, because each waits for an answer that never comes. */
describe("If AWS does not answer, the deployed functions end in order:", () => {
  let answers: Map<string, Ended>;
  let failures: Ended[];
  let run: Ended;
  before(async () => {
    [answers, failures, run] = await Promise.all([receive(), process(), reconcile()]);
  });

  for (const name of [...Object.keys(received), "if the secret cannot be read"])
    it(`the receiver answers 503 with Retry-After within 12 s, ${name}`, () => {
      const { result, ...ended } = answers.get(name)!;
      assert.deepEqual([result?.statusCode, result?.headers["Retry-After"]], [503, "30"]);
      endedIn(ended, (received[name]?.limitMs ?? 12_000) / 1_000);
    });

  Object.entries(processed).forEach(([name, { limitMs = 12_000 }], index) =>
    it(`the processor says that its store is unavailable, ${name}`, () => {
      assert.equal(failures[index].error?.name, "StoreUnavailable");
      endedIn(failures[index], limitMs / 1_000);
    }),
  );

  it("the reconciler reports the events that it could not write", () => {
    assert.deepEqual(run.error, { name: "Error", message: "10 events could not be requeued. See the log." });
    endedIn(run, 11);
  });
});

describe("A certificate's download", () => {
  for (const silence of ["no answer", "half an answer", "byte by byte"] as const)
    it(`ends before the deadline, even with ${silence}`, async () => {
      const host = await listenInSilence(silence);
      const read = fetch(`http://127.0.0.1:${host.port}`, { signal: within(500) }).then((response) => response.arrayBuffer());
      await assert.rejects(read, { name: "TimeoutError" });
      await host.close();
    });
});

describe("Each call of the functions", () => {
  const files = readdirSync("handlers", { recursive: true }).map((file) => path.join("handlers", String(file)));
  const sources = files.filter((file) => file.endsWith(".ts")).map((file) => [file, readFileSync(file, "utf8")] as const);
  const countOf = (pattern: RegExp, source: string) => [...source.matchAll(pattern)].length;

  it("passes the deadline", () => {
    const calling = sources.filter(([, source]) => /\.send\(/.test(source));
    assert.ok(calling.length >= 7);
    for (const [file, source] of calling) assert.equal(countOf(/abortAtDeadline\(\)/g, source), countOf(/\.send\(/g, source), file);
  });

  it("over HTTP also ends at the deadline", () => {
    for (const [file, source] of sources)
      assert.equal(countOf(/\bfetch\([^;]*signal: within\(/g, source), countOf(/\bfetch\(/g, source), file);
  });
});
