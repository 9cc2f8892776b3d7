import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { preflight, rules } from "../../preflight/preflight";
import { renderJson, renderSarif, renderText } from "../../preflight/report";
import { guarded, program, varied } from "../../testbed/program";
import { graphs, BrokenGraph } from "../helpers/brokenGraph";
import { quick } from "../helpers/scope";

describe("The preflight", () => {
  for (const [name, settings] of Object.entries({ defaults: {}, varied, guarded })) {
    it(`finds nothing in the project's own graph: ${name}`, async () => {
      assert.equal(renderText(preflight((await program(settings)).resources), 0).split("\n\n").length, 1);
    });
    it(`finds nothing in a preview of it, in which most values are unknown: ${name}`, async () => {
      assert.deepEqual(preflight((await program(settings, { preview: true })).resources), []);
    });
  }

  it("has unique rule IDs", () => assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length));

  it("has AWS's error, a cause, a fix and a link for each rule", () => {
    for (const { id, awsError, cause, fix, link } of rules) {
      assert.match(awsError, /^([A-Z][\w.]+: |silent\b|Missing required argument: )/, id);
      assert.ok(/[.…]$/.test(cause) && /[.…]$/.test(fix), id);
      assert.match(link, /^https:\/\//, id);
    }
  });

  const strange: Record<string, [type: string, name: string, input: string, change: (document: never) => void]> = {
    "a statement that is null": [
      Type.rolePolicy,
      "pipe-policy",
      "policy",
      (policy: { Statement: unknown[] }) => policy.Statement.push(null),
    ],
    "a condition that is null": [
      Type.rolePolicy,
      "pipe-policy",
      "policy",
      (policy: { Statement: { Condition: unknown }[] }) => (policy.Statement[0].Condition = null),
    ],
    "a path without operations": [Type.restApi, "api", "body", (api: { paths: Record<string, unknown> }) => (api.paths["/x"] = null)],
    "an operation without content": [
      Type.restApi,
      "api",
      "body",
      (api: { paths: Record<string, unknown> }) => (api.paths["/x"] = { post: null }),
    ],
    "a state that is null": [
      Type.stateMachine,
      "workflow",
      "definition",
      (definition: { States: Record<string, unknown> }) => (definition.States.Claim = null),
    ],
  };
  for (const [what, [type, name, input, change]] of Object.entries(strange))
    it(`reports ${what}, and still the rest`, async () => {
      const broken = new BrokenGraph((await program()).resources);
      broken.edit(type, name, input, change as (document: unknown) => void);
      broken.set(Type.function, "memorySize", 64);
      const findings = preflight(broken.resources);
      assert.ok(findings.some(({ rule }) => rule.id === "lambda-memory"));
      assert.ok(findings.some(({ rule, resource }) => rule.severity === "error" && resource === broken.one(type, name)));
    });

  it("continues if a rule cannot read a document, and names its resource", async () => {
    const broken = new BrokenGraph((await program()).resources);
    const dashboard = broken.one(Type.dashboard);
    dashboard.inputs.dashboardBody = '{"widgets": [null]}';
    const unread = preflight(broken.resources).filter(({ detail }) => detail.startsWith("a document has an unexpected shape"));
    assert.deepEqual([...new Set(unread.map(({ resource }) => resource.name))], [dashboard.name]);
  });

  it("reports an invalid document alone, because the permissions in it are unknown", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.one(Type.rolePolicy, "workflow-log-delivery").inputs.policy = "{not JSON";
    assert.deepEqual(
      preflight(broken.resources).map(({ rule }) => rule.id),
      ["policy-syntax"],
    );
  });
});

describe("A preflight's report", () => {
  const findingsOf = async (plant: (broken: BrokenGraph) => unknown) => {
    const broken = new BrokenGraph((await program(guarded)).resources);
    plant(broken);
    return preflight(broken.resources);
  };

  it("has one block per finding, and a summary", async () => {
    const text = renderText(await findingsOf((broken) => broken.set(Type.function, "memorySize", 64)), 80);
    assert.match(
      text,
      /^error lambda-memory\n {2}where {2}aws:lambda\/function:Function .+: memorySize is 64\. AWS allows 128 to 10,240 MB\.\n {2}AWS/,
    );
    assert.match(text, /\n\n80 resources, \d+ rules: 1 error, 0 warnings$/);
  });

  it("is available as JSON", async () => {
    const [entry] = JSON.parse(renderJson(await findingsOf((broken) => broken.set(Type.table, "ttl.attributeName", "shard")))) as Record<
      string,
      string
    >[];
    assert.deepEqual([entry.rule, entry.severity], ["table-ttl", "error"]);
    assert.match(entry.urn, /^urn:pulumi:/);
  });

  it("is available as SARIF, with every rule and a result for each finding", async () => {
    const { version, runs } = JSON.parse(renderSarif(await findingsOf((broken) => broken.set(Type.logGroup, "retentionInDays", 31)))) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; level: string }[] }[];
    };
    assert.equal(version, "2.1.0");
    assert.equal(runs[0].tool.driver.rules.length, rules.length);
    assert.deepEqual(
      runs[0].results.map(({ ruleId, level }) => [ruleId, level]),
      [["log-retention", "error"]],
    );
  });
});

/** Step through many similar places: the quick run tests every tenth. */
const every = quick ? 10 : 1;

describe("A graph without one of its resources", () => {
  for (const graph of ["own", "other"] as const)
    it(`can be checked, whichever is missing: ${graph}`, async () => {
      const resources = await graphs[graph]();
      for (const missing of resources.filter((_, index) => index % every === 0))
        assert.doesNotThrow(() => preflight(resources.filter((one) => one !== missing)), missing.urn);
    }).timeout(180_000);
});

describe("A graph with a value that is known only after deployment", () => {
  /** Makes one input of this program's resources unknown at a time. */
  it("has no findings because of it, wherever it is", async () => {
    const { resources } = new BrokenGraph((await program()).resources);
    const judged: string[] = [];
    let count = 0;
    for (const { type, name, inputs } of resources)
      for (const { holder, key, path } of placesOf(inputs)) {
        if (count++ % every > 0) continue;
        const value = holder[key];
        holder[key] = "[unknown]";
        judged.push(...preflight(resources).map(({ rule }) => `${type} ${name} ${path}: ${rule.id}`));
        holder[key] = value;
      }
    assert.deepEqual(judged, []);
  }).timeout(180_000);

  function* placesOf(value: object, path = ""): Generator<{ holder: Record<string, unknown>; key: string; path: string }> {
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      const place = path === "" ? key : `${path}.${key}`;
      yield { holder, key, path: place };
      const member = holder[key];
      if (typeof member === "object" && member !== null) yield* placesOf(member, place);
    }
  }
});
