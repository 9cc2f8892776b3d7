import * as assert from "node:assert/strict";
import { itemBytes } from "../../../tools/cost/measure";
import { billOf, largestGroup, largestLine, totalOf, type Path } from "../../../tools/cost/model";
import { dollarsFor, prices } from "../../../tools/cost/prices";
import { floorOf } from "../../../tools/cost/floor";
import { factsOf, type StackFacts } from "../../../tools/cost/stack";
import { readWorkload, type Question, type Workload } from "../../../tools/cost/workload";
import { Type } from "../../../preflight/graph/types";
import { guarded, program, varied } from "../../../testbed/program";

const workload: Workload = {
  itemBytes: { put: 300, process: 800, complete: 780 },
  compressedPart: { small: 0.5, large: 0.25 },
  functionLogBytes: { receive: 900, process: 1_100 },
  publishedBytes: 400,
  delivery: { rowBytes: 400, logBytes: 500, readUnits: { delivery: 1, batch: 0.5 } },
};
const million: Question = { events: 1e6, bodyBytes: 3_000, batch: 1 };

describe("A price", () => {
  it("applies tier by tier", () => {
    assert.equal(dollarsFor(prices.apiRequest, 0), 0);
    assert.ok(Math.abs(dollarsFor(prices.apiRequest, 1e6) - 3.5) < 1e-9);
    const all = 333 * 3.5 + 667 * 2.8 + 19_000 * 2.38 + 1_000 * 1.51;
    assert.ok(Math.abs(dollarsFor(prices.apiRequest, 21e9) - all) < 1e-3);
  });

  it("rises with the units and names its source", () => {
    for (const [name, price] of Object.entries(prices)) {
      assert.ok(dollarsFor(price, 2e9) > dollarsFor(price, 1e9), name);
      assert.match(price.source, /^https:\/\/aws\.amazon\.com\//);
      assert.equal(price.tiers.at(-1)![0], Infinity);
    }
  });
});

describe("A month's bill", () => {
  let stack: StackFacts;
  before(async () => (stack = factsOf((await program()).resources)));
  const bill = (changes: Partial<Question> = {}, path: Path = "EXPRESS") => billOf(stack, workload, { ...million, ...changes }, path);
  const unitsOf = (what: string, changes: Partial<Question> = {}, path?: Path) =>
    bill(changes, path).find((line) => line.what === what)?.units;

  it("counts what the stack's resources say", async () => {
    const {
      tasks,
      states,
      memoryMb,
      alarmMetrics,
      measuredMethods,
      filteredMetrics,
      keys,
      secrets,
      eventRetentionDays,
      workflow,
      workflowLog,
    } = stack;
    assert.deepEqual(
      { tasks, states, memoryMb, alarmMetrics, measuredMethods, filteredMetrics, keys, secrets, eventRetentionDays, workflow, workflowLog },
      {
        tasks: 3,
        states: 5,
        memoryMb: { receive: 512, process: 512, reconcile: 512 },
        alarmMetrics: 29,
        measuredMethods: 3,
        filteredMetrics: 2,
        keys: 3,
        secrets: 3,
        eventRetentionDays: 90,
        workflow: "EXPRESS",
        workflowLog: false,
      },
    );
    const other = factsOf((await program(varied)).resources);
    assert.deepEqual([other.memoryMb.receive, other.eventRetentionDays, other.workflowLog], [1_024, 30, true]);
  });

  it("includes WAF, a private network and a trail if they are on", async () => {
    const dearer = factsOf((await program(guarded)).resources);
    const { webAcls, webAclRules, endpoints, natGateways, trail } = dearer;
    assert.deepEqual(
      { webAcls, webAclRules, endpoints, natGateways, trail },
      { webAcls: 1, webAclRules: 3, endpoints: 4, natGateways: 1, trail: true },
    );
    const lines = billOf(dearer, workload, million, "EXPRESS");
    const dollarsOf = (what: string) => Number(lines.find((line) => line.what === what)!.dollars.toFixed(2));
    assert.deepEqual([dollarsOf("WAF: web ACL"), dollarsOf("WAF: rules"), dollarsOf("WAF: requests")], [5, 3, 0.6]);
    assert.equal(dollarsOf("VPC: interface endpoints"), 29.2);
    assert.equal(dollarsOf("VPC: NAT gateway"), 32.85);
    assert.equal(dollarsOf("VPC: public address of the NAT gateway"), 3.65);
    assert.equal(dollarsOf("CloudTrail: data events"), 4.04);
    assert.ok(dollarsOf("CloudTrail: storage") > 0);
    const off = bill()
      .map(({ what }) => what)
      .filter((what) => /^(WAF|VPC|CloudTrail)/.test(what));
    assert.deepEqual(off, []);
  });

  it("has no NAT gateway without PayPal, and two if each zone has one", async () => {
    const { resources } = await program({ ...guarded, sources: ["stripe"] });
    assert.equal(factsOf(resources).natGateways, 0);
    const perZone = resources.map((one) =>
      one.type === Type.vpc ? { ...one, inputs: { ...one.inputs, natGateways: { strategy: "OnePerAz" } } } : one,
    );
    assert.equal(factsOf(perZone).natGateways, 2);
  });

  it("refuses a resource without a known price", async () => {
    const { resources } = await program();
    const instance = { ...resources.at(-1)!, type: "aws:ec2/instance:Instance", name: "web", custom: true };
    assert.throws(() => factsOf([...resources, instance]), /Unknown resource type aws:ec2\/instance:Instance \(web\)\. Add a row/);
    for (const settings of [varied, guarded]) assert.ok(factsOf((await program(settings)).resources));
  });

  it("counts a unit for each KB of the item at each write, and for each index entry", () => {
    assert.equal(unitsOf("DynamoDB: writes"), 1e6 * (2 + 1 + 2 + (2 + 2)));
    assert.equal(unitsOf("DynamoDB: writes", { bodyBytes: 100 }), 1e6 * (1 + 1 + 1 + (1 + 2)));
    assert.equal(
      unitsOf("DynamoDB: writes", { bodyBytes: 240 * 2 }),
      1e6 * (1 + 1 + 2 + (2 + 2)),
      "it counts the larger of before and after",
    );
    assert.equal(unitsOf("DynamoDB: reads", { bodyBytes: 40_000 }), 3e6);
  });

  it("counts the compressed body, and a small body uncompressed", () => {
    const stored = (bodyBytes: number) => unitsOf("DynamoDB: storage", { bodyBytes })! - unitsOf("DynamoDB: storage", { bodyBytes: 0 })!;
    assert.ok(Math.abs(stored(4_000) / stored(500) - 4) < 1e-6);
    assert.ok(Math.abs(stored(1_750) / stored(100) - (17.5 * 0.375) / 1) < 1e-6, "between the two sizes that were measured");
  });

  it("includes each method's metrics only in a month with events", () => {
    assert.equal(unitsOf("API Gateway: metrics of methods"), 3 * 5);
    assert.equal(unitsOf("API Gateway: metrics of methods", { events: 0 }), undefined);
  });

  it("is about 50 % higher if the workflow logs each state", () => {
    const growing = (facts: StackFacts) => totalOf(billOf(facts, workload, million, "EXPRESS").filter(({ group }) => group !== "fixed"));
    const [ours, all] = [growing(stack), growing({ ...stack, workflowLog: true })];
    assert.ok(all / ours > 1.4 && all / ours < 1.6, String(all / ours));
    assert.equal(largestGroup(billOf(stack, workload, million, "EXPRESS")), "table");
  });

  it("counts a large body in the bucket, not in the table", () => {
    assert.equal(unitsOf("S3: large bodies, writes"), undefined);
    assert.equal(unitsOf("S3: large bodies, writes", { bodyBytes: 300_001 }), 1e6);
    assert.equal(unitsOf("DynamoDB: writes", { bodyBytes: 300_001 }), unitsOf("DynamoDB: writes", { bodyBytes: 100 }));
  });

  it("counts an execution for each batch, and a STANDARD one by its transitions", () => {
    assert.equal(unitsOf("Step Functions: executions", { batch: 10 }), 1e5);
    assert.equal(unitsOf("Step Functions: transitions", {}, "STANDARD"), 1e6 * 5 + 4e6);
    for (const group of ["Pipes: batches", "Step Functions: executions"]) assert.equal(unitsOf(group, {}, "none"), undefined);
  });

  it("stays below the bounds: 9 and 6 write units, $16.00 a million, and $14.50 if ten share an execution", () => {
    const measured = readWorkload();
    const growing = (question: Question) => totalOf(billOf(stack, measured, question, "EXPRESS").filter(({ group }) => group !== "fixed"));
    const writes = (bodyBytes: number) =>
      billOf(stack, measured, { ...million, bodyBytes }, "EXPRESS").find(({ what }) => what === "DynamoDB: writes")!;
    assert.ok(writes(3_000).units <= 9e6 && writes(500).units <= 6e6);
    assert.ok(growing(million) <= 16, String(growing(million)));
    assert.ok(growing({ ...million, batch: 10 }) <= 14.5, String(growing({ ...million, batch: 10 })));
  });

  it("is at most 2.2 times the floor: the least that AWS charges for a request, a put, an execution and a published event", () => {
    const floor = floorOf(stack, readWorkload(), million);
    const of = (what: string) => floor.find((line) => line.what === what)!.units;
    assert.deepEqual([of("API Gateway: requests"), of("Lambda: requests"), of("EventBridge: events")], [1e6, 2e6, 1e6]);
    assert.equal(of("DynamoDB: writes"), 1e6);
    const growing = totalOf(billOf(stack, readWorkload(), million, "EXPRESS").filter(({ group }) => group !== "fixed"));
    assert.ok(totalOf(floor) < growing && growing < 2.2 * totalOf(floor), `${totalOf(floor)} ${growing}`);
  });

  it("includes the reconciler's queries, one for each shard", async () => {
    const sharded = factsOf((await program({ indexShards: 128 })).resources);
    assert.deepEqual([stack.indexShards, sharded.indexShards], [1, 128]);
    const line = billOf(sharded, workload, million, "EXPRESS").find(({ what }) => what === "DynamoDB: reads of the reconciler")!;
    assert.ok(Math.abs(line.units - 128 * 0.5 * 60 * 24 * (365 / 12)) < 1e-6);
    assert.ok(line.dollars < 0.4, String(line.dollars));
  });

  it("of 5 million events has the table's writes as its largest line, and without events, fixed ones", () => {
    assert.equal(largestLine(bill({ events: 5e6 })).what, "DynamoDB: writes");
    assert.equal(largestLine(bill({ events: 0 })).group, "fixed");
  });

  it("is lowest without a workflow, and highest with a STANDARD one", () => {
    const [none, express, standard] = (["none", "EXPRESS", "STANDARD"] as const).map((path) => totalOf(bill({}, path)));
    assert.ok(none < express && express < standard);
    assert.equal(largestGroup(bill({}, "STANDARD")), "workflow");
    assert.ok(totalOf(bill({ batch: 10 })) < express);
  });

  it("without events, is about the $10 that the README names", () => {
    const idle = bill({ events: 0 });
    assert.deepEqual([...new Set(idle.map(({ group }) => group))].sort(), ["fixed", "functions"]);
    assert.ok(totalOf(idle) > 10 && totalOf(idle) < 11, String(totalOf(idle)));
  });
});

describe("The workload of an event", () => {
  it("was measured on the local run", () => {
    const { itemBytes: bytes, functionLogBytes, publishedBytes } = readWorkload();
    assert.ok(bytes.put < bytes.process && bytes.complete < 700);
    for (const value of [functionLogBytes.receive, functionLogBytes.process, publishedBytes])
      assert.ok(value > 100 && value < 5_000, String(value));
  });

  it("counts bytes as DynamoDB does: names and values, a number by half its digits", () => {
    const item = {
      status: { S: "PROCESSED" },
      attempts: { N: "12" },
      payload: { B: Buffer.alloc(3_000) },
      claimed_at: { S: "now" },
      normalized: { M: { kind: { S: "other" } } },
      finished_at: { S: "now" },
      settled_shard: { N: "3" },
    };
    const stored = "status".length + 9 + "attempts".length + 2 + "payloadpayload_encodingbr".length;
    const [claimed, lease, due] = ["claimed_at".length + 3, "lease_until".length + 8, "due_at".length + 8];
    const normalized = "normalized".length + 3 + 1 + "kind".length + 5;
    assert.deepEqual(itemBytes(item), {
      put: stored + due,
      process: stored + due + claimed + normalized + lease,
      complete: stored + claimed + normalized + "finished_at".length + 3 + "settled_shard".length + 2,
    });
  });
});
