import * as assert from "node:assert/strict";
import { compareGraphs, type Difference } from "../../../preflight/graph/diff";
import { renderComparison } from "../../../preflight/graph/diffMarkdown";
import type { GraphResource } from "../../../preflight/graph/resource";
import { Type } from "../../../preflight/graph/types";
import { equipped, program, type ProgramConfig } from "../../../testbed/program";

const resourceOf = (type: string, name: string, inputs: object = {}, changes: Partial<GraphResource> = {}): GraphResource => ({
  urn: `urn:pulumi:dev::webhook-pipeline::${type}::${name}`,
  type,
  name,
  custom: true,
  inputs: { ...inputs },
  parent: "",
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  retainOnDelete: false,
  outputs: {},
  ...changes,
});
const queue = (inputs: object, changes?: Partial<GraphResource>) => resourceOf(Type.queue, "letters", inputs, changes);
const short = ({ kind, resource, because, losesData }: Difference) =>
  `${kind} ${resource.name}${because.length > 0 ? ` (${because.join(", ")})` : ""}${losesData ? " !" : ""}`;
const paths = ([{ inputs }]: Difference[]) => inputs.map(({ path, before, after }) => [path, before, after]);

describe("A comparison of two graphs", () => {
  it("finds nothing between a graph and itself", () => {
    assert.deepEqual(compareGraphs([queue({ delaySeconds: 1 })], [queue({ delaySeconds: 1 })]), []);
  });

  it("lists deleted, replaced, changed and added resources, in this order", () => {
    const base = [queue({ name: "a" }), resourceOf(Type.topic, "alerts", { displayName: "a" }), resourceOf(Type.role, "old")];
    const head = [queue({ name: "b" }), resourceOf(Type.topic, "alerts", { displayName: "b" }), resourceOf(Type.role, "new")];
    assert.deepEqual(compareGraphs(base, head).map(short), ["deleted old", "replaced letters (name) !", "changed alerts", "added new"]);
  });

  it("follows a replacement to dependent resources, over several steps", () => {
    const [table, pipe, alarm] = [
      resourceOf(Type.table, "table"),
      resourceOf(Type.pipe, "pipe"),
      resourceOf(Type.metricAlarm, "alarm"),
    ].map(({ urn }) => urn);
    const graph = (name: string) => [
      resourceOf(Type.metricAlarm, "alarm", {}, { propertyDependencies: { dimensions: [pipe] } }),
      resourceOf(Type.permission, "permission", {}, { propertyDependencies: { sourceArn: [pipe] } }),
      resourceOf(Type.pipe, "pipe", {}, { propertyDependencies: { source: [table], description: [alarm] } }),
      resourceOf(Type.table, "table", { name }),
    ];
    assert.deepEqual(compareGraphs(graph("a"), graph("b")).map(short), [
      "replaced table (name) !",
      "replaced permission (pipe, which it depends on, is replaced)",
      "replaced pipe (table, which it depends on, is replaced)",
    ]);
  });

  it("replaces everything in another region, and marks resources that lose data", async () => {
    const { resources: base } = await program();
    const { resources: head } = await program({ "aws:region": "us-east-1" });
    const differences = compareGraphs(base, head).filter(({ resource }) => resource.type.startsWith("aws:"));
    assert.deepEqual([...new Set(differences.map(({ kind }) => kind))], ["replaced"]);
    assert.ok(differences.some(({ resource, losesData }) => resource.type === Type.table && losesData));
  });

  it("compares JSON in text, and finds a statement by its Sid", () => {
    const policy = (...statements: object[]) => queue({ policy: JSON.stringify({ Statement: statements }) });
    const read = { Sid: "Read", Action: ["sqs:ReceiveMessage"] };
    assert.deepEqual(
      paths(compareGraphs([policy(read)], [policy({ Sid: "Write", Action: [] }, { ...read, Action: ["sqs:ReceiveMessage", "sqs:*"] })])),
      [
        ["policy.Statement[Write].Sid", undefined, "Write"],
        ["policy.Statement[Write].Action", undefined, "[]"],
        ["policy.Statement[Read].Action[sqs:*]", undefined, "sqs:*"],
      ],
    );
  });

  it("distinguishes one list member from two equal ones, and an empty object from a missing one", () => {
    assert.deepEqual(paths(compareGraphs([queue({ list: ["a"] })], [queue({ list: ["a", "a"] })])), [["list[a#2]", undefined, "a"]]);
    assert.deepEqual(paths(compareGraphs([queue({})], [queue({ map: {} })])), [["map", undefined, "{}"]]);
    const nested = { name: "n", values: [{ size: 1 }] };
    assert.deepEqual(paths(compareGraphs([queue({ list: [nested] })], [queue({ list: [nested, nested] })])), [
      ["list[n#2].name", undefined, "n"],
      ["list[n#2].values[0].size", undefined, 1],
    ]);
  });

  it("compares text as text if it only begins like JSON", () => {
    assert.deepEqual(paths(compareGraphs([queue({ text: "{a" })], [queue({ text: "{b" })])), [["text", "{a", "{b"]]);
  });

  it("notices a changed dependency that no input shows", () => {
    const [difference] = compareGraphs(
      [queue({}, { dependencies: ["urn:pulumi:dev::p::t::first"] })],
      [queue({}, { dependencies: ["urn:pulumi:dev::p::t::second"] })],
    );
    assert.deepEqual([difference.kind, difference.order], ["changed", { added: ["second"], removed: ["first"] }]);
  });

  it("notices protection that is gained or lifted", () => {
    const [gained] = compareGraphs([queue({})], [queue({}, { protect: true })]);
    const [lifted] = compareGraphs([queue({}, { protect: true })], [queue({})]);
    assert.deepEqual([gained.protection, lifted.protection], ["gained", "lifted"]);
  });

  it("compares two stacks, without components that only group", async () => {
    const [dev, other] = await Promise.all([program(), program({ environmentSuffix: "dev" }, { stack: "other" })]);
    const differences = compareGraphs(dev.resources, other.resources);
    assert.deepEqual(
      differences.map(({ resource }) => resource.type).filter((type) => type.startsWith("webhook:")),
      [],
    );
    assert.deepEqual(
      differences.map(short).filter((line) => !/^changed/.test(line)),
      [],
    );
  });

  it("shows the network, a component of another package", async () => {
    const [dev, withNetwork] = await Promise.all([program(), program(equipped)]);
    assert.ok(compareGraphs(dev.resources, withNetwork.resources).some(({ resource }) => resource.type === Type.vpc));
  });
});

describe("A comparison as a comment", () => {
  const render = (base: GraphResource[], head: GraphResource[]) => renderComparison(compareGraphs(base, head), "dev");
  const changed = async (settings: ProgramConfig) => render((await program()).resources, (await program(settings)).resources);

  it("is one line if nothing changes", () => {
    assert.equal(render([], []), "### Resources of dev: no change\n");
  });

  it("shows the path and both values of a changed input", async () => {
    const text = await changed({ throttleRequestsPerMinute: 600 });
    assert.match(text, /✏️ changed `aws:apigateway\/methodSettings:MethodSettings`/);
    assert.match(text, /^- settings\.throttlingRateLimit: .+\n\+ settings\.throttlingRateLimit: 10$/m);
    assert.doesNotMatch(text, /CAUTION/);
  });

  it("warns of data loss first, with the reason and the protection", () => {
    const text = render([queue({ name: "a" }, { protect: true })], [queue({ name: "b" }, { protect: true })]);
    assert.match(
      text,
      /^> \[!CAUTION\]\n> .+\n> - ♻️ replaced `aws:sqs\/queue:Queue` \*\*letters\*\* \(because of name; protected: Pulumi refuses until you unprotect it\)$/m,
    );
  });

  it("warns if it cannot tell whether a change is a replacement", () => {
    const vpc = (cidrBlock: string) => resourceOf("awsx:ec2:Vpc", "network", { cidrBlock }, { custom: false });
    assert.match(
      render([vpc("10.0.0.0/16")], [vpc("10.1.0.0/16")]),
      /^> \[!WARNING\]\n> These might be replaced\. Only `pulumi preview` can tell/m,
    );
  });

  it("names changed dependencies and lifted protection", () => {
    const text = render([queue({}, { dependencies: ["a::b::c::d"], protect: true })], [queue({}, { dependencies: ["a::b::c::e"] })]);
    assert.match(text, /\*\*letters\*\* \(protection lifted\)\n```diff\n\+ waits for e\n- waits for d\n```/);
  });

  it("shortens long values, and survives a code fence in a value", () => {
    const text = render([queue({})], [queue({ note: `${"x".repeat(200)}`, fence: "```" })]);
    assert.match(text, /x{119}… \(202 characters\)/);
    assert.match(text, /^````diff$/m);
  });

  it("fits into half a comment, however much changes", () => {
    const many = Array.from({ length: 400 }, (_, number) => resourceOf(Type.role, `role-${number}`, { name: "x".repeat(300) }));
    const long = render(
      many,
      many.map((one) => ({ ...one, inputs: { name: "y".repeat(300) } })),
    );
    assert.ok(long.length <= 30_000);
    assert.match(long, /details are too long for a comment and are left out. `stack diff --json` has them/);
    const tooMany = Array.from({ length: 4000 }, (_, number) => resourceOf(Type.role, `role-${number}`));
    assert.equal(render([], tooMany).length, 30_000);
  });
});
