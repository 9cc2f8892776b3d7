import * as assert from "node:assert/strict";
import { Type } from "../../graph/types";
import { preflight, rules } from "../../preflight/preflight";
import { renderJson, renderSarif, renderText } from "../../preflight/report";
import { guarded, program, varied } from "../../testbed/program";
import { graphs, Patient } from "../helpers/patient";
import { quick } from "../helpers/scope";

describe("The preflight", () => {
  for (const [name, settings] of Object.entries({ defaults: {}, varied, guarded })) {
    it(`finds nothing in the project's own graph: ${name}`, async () => {
      assert.equal(renderText(preflight((await program(settings)).resources), 0).split("\n\n").length, 1);
    });
    it(`finds nothing in a preview of it, where most is not known yet: ${name}`, async () => {
      assert.deepEqual(preflight((await program(settings, { preview: true })).resources), []);
    });
  }

  it("has no two rules of one name", () => assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length));

  it("says of each rule what AWS answers, why, what to do, and where that is written", () => {
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
    it(`finds fault with ${what}, and with the rest as well`, async () => {
      const patient = new Patient((await program()).resources);
      patient.edit(type, name, input, change as (document: unknown) => void);
      patient.set(Type.function, "memorySize", 64);
      const findings = preflight(patient.resources);
      assert.ok(findings.some(({ rule }) => rule.id === "lambda-memory"));
      assert.ok(findings.some(({ rule, resource }) => rule.severity === "error" && resource === patient.one(type, name)));
    });

  it("goes on when a rule cannot read a shape, and says whose it is", async () => {
    const patient = new Patient((await program()).resources);
    const dashboard = patient.one(Type.dashboard);
    dashboard.inputs.dashboardBody = '{"widgets": [null]}';
    const unread = preflight(patient.resources).filter(({ detail }) => detail.startsWith("one of its documents has a shape"));
    assert.deepEqual([...new Set(unread.map(({ resource }) => resource.name))], [dashboard.name]);
  });

  it("is not stopped by a document that is none: what it would allow is not judged", async () => {
    const patient = new Patient((await program()).resources);
    patient.one(Type.rolePolicy, "workflow-log-delivery").inputs.policy = "{not JSON";
    assert.deepEqual(
      preflight(patient.resources).map(({ rule }) => rule.id),
      ["policy-syntax"],
    );
  });
});

describe("A preflight's report", () => {
  const faulty = async (plant: (patient: Patient) => unknown) => {
    const patient = new Patient((await program(guarded)).resources);
    plant(patient);
    return preflight(patient.resources);
  };

  it("is a block a finding, with a summary", async () => {
    const text = renderText(await faulty((patient) => patient.set(Type.function, "memorySize", 64)), 80);
    assert.match(
      text,
      /^error lambda-memory\n {2}where {2}aws:lambda\/function:Function .+: memorySize is 64, but must be from 128 to 10240 MB\n {2}AWS/,
    );
    assert.match(text, /\n\n80 resources, \d+ rules: 1 error, 0 warnings$/);
  });

  it("is JSON for programs", async () => {
    const [entry] = JSON.parse(renderJson(await faulty((patient) => patient.set(Type.table, "ttl.attributeName", "status")))) as Record<
      string,
      string
    >[];
    assert.deepEqual([entry.rule, entry.severity], ["table-ttl", "error"]);
    assert.match(entry.urn, /^urn:pulumi:/);
  });

  it("is SARIF for code scanning: every rule described, every result under one of them", async () => {
    const { version, runs } = JSON.parse(renderSarif(await faulty((patient) => patient.set(Type.logGroup, "retentionInDays", 31)))) as {
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

/** Of many places alike, so much as every tenth tells enough. */
const every = quick ? 10 : 1;

describe("A graph of which a resource is elsewhere", () => {
  for (const graph of ["own", "other"] as const)
    it(`is judged without it: ${graph}`, async () => {
      const resources = await graphs[graph]();
      for (const missing of resources.filter((_, index) => index % every === 0))
        assert.doesNotThrow(() => preflight(resources.filter((one) => one !== missing)), missing.urn);
    }).timeout(180_000);
});

describe("A graph of which something is known only after deployment", () => {
  /** Places among the inputs of this program's resources, one after the other, are made unknown. */
  it("is not judged by what is not known, wherever that is, and by nothing that it stops", async () => {
    const { resources } = new Patient((await program()).resources);
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
