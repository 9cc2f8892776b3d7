import * as assert from "node:assert/strict";
import { captureProgram } from "../../preflight/graph/capture";
import type { GraphResource } from "../../preflight/graph/resource";
import type { Account } from "../../preflight/graph/graph";
import { preflight } from "../../preflight/preflight";
import type { RuleEntry } from "../../preflight/rule";
import { delivering as withDestinations, guarded, program } from "../../testbed/program";

type Json = Record<string, unknown>;

/** A copy of a correct graph, to be broken by a test. */
export class BrokenGraph {
  readonly resources: GraphResource[];
  /** Quotas of the account; none by default. */
  account: Account = {};
  constructor(resources: readonly GraphResource[]) {
    this.resources = structuredClone(resources) as GraphResource[];
  }

  /** Returns the first resource of a type, whose name ends with the given one. */
  one(type: string, name?: string): GraphResource {
    const found = this.resources.find(
      (resource) => resource.type === type && (name === undefined || `-${resource.name}`.endsWith(`-${name}`)),
    );
    assert.ok(found, `${type} ${name ?? ""}`);
    return found;
  }

  /** Sets the input at a path; `undefined` deletes it. */
  set(type: string, path: string, value: unknown, name?: string): GraphResource {
    const resource = this.one(type, name);
    const keys = path.split(".");
    const last = keys.pop()!;
    let target = resource.inputs;
    for (const key of keys) target = (target[key] ??= {}) as Json;
    if (value === undefined) delete target[last];
    else target[last] = value;
    return resource;
  }

  /** Changes a JSON document in an input. */
  edit(type: string, name: string, input: string, change: (document: Json) => void): GraphResource {
    const resource = this.one(type, name);
    const document = JSON.parse(resource.inputs[input] as string) as Json;
    change(document);
    resource.inputs[input] = JSON.stringify(document);
    return resource;
  }

  /** Changes a statement of a policy, by its Sid or its index. */
  statement(type: string, name: string, which: string | number, change: (statement: Json) => void, input = "policy"): GraphResource {
    return this.edit(type, name, input, (document) => {
      const statements = document.Statement as Json[];
      const found = statements.find((one, index) => one.Sid === which || index === which);
      assert.ok(found, `${name} has a statement ${which}`);
      change(found);
    });
  }

  /** Replaces each occurrence of a text in an input. */
  rewrite(type: string, name: string, input: string, from: string, to: string): GraphResource {
    const resource = this.one(type, name);
    const text = resource.inputs[input] as string;
    assert.ok(text.includes(from), `${name}.${input} has ${from}`);
    resource.inputs[input] = text.replaceAll(from, to);
    return resource;
  }

  /** Removes a resource. */
  remove(type: string, name?: string): GraphResource {
    return this.resources.splice(this.resources.indexOf(this.one(type, name)), 1)[0];
  }

  /** Removes a dependency. */
  unchain(resource: GraphResource, other: GraphResource): GraphResource {
    resource.dependencies = resource.dependencies.filter((urn) => urn !== other.urn);
    return resource;
  }

  /** Adds a resource. */
  add(type: string, name: string, inputs: Json, outputs: Json = {}): GraphResource {
    const urn = `urn:pulumi:dev::test::${type}::${name}`;
    const fields = { custom: true, parent: "", dependencies: [], propertyDependencies: {}, protect: false, retainOnDelete: false };
    const resource = { urn, type, name, inputs, outputs, ...fields };
    this.resources.push(resource);
    return resource;
  }
}

/**
 * Correct graphs to break: this program's with all options but destinations, and with destinations as well; and another program's with
 * resources that this one lacks.
 */
export const graphs = {
  own: async () => (await program(guarded)).resources,
  delivering: async () => (await program(withDestinations)).resources,
  other: async () => (await cleanProgram()).resources,
};

let clean: ReturnType<typeof captureProgram> | undefined;
/** Captures another program in which nothing is wrong. */
export function cleanProgram() {
  return (clean ??= captureProgram({ project: "clean", entry: "tests/preflight/others/clean/index" }));
}

/** A change that breaks a rule. */
export interface PlantedViolation {
  graph: keyof typeof graphs;
  /** Breaks the graph. @returns the resource for which the rule must report it; of several, the last */
  plant: (broken: BrokenGraph) => GraphResource | readonly GraphResource[];
  /** Other rules that the same change breaks. */
  also: string[];
}

export const own = (plant: PlantedViolation["plant"], ...also: string[]): PlantedViolation => ({ graph: "own", plant, also });
export const delivering = (plant: PlantedViolation["plant"], ...also: string[]): PlantedViolation => ({ graph: "delivering", plant, also });
export const other = (plant: PlantedViolation["plant"], ...also: string[]): PlantedViolation => ({ graph: "other", plant, also });

/** Specifies rules by planted violations: each rule must report its own at the right resource, and only the named rules may report anything. */
export function specifyRules(rules: readonly RuleEntry[], violations: Record<string, PlantedViolation | PlantedViolation[]>): void {
  it("are each tested by a violation", () => assert.deepEqual(Object.keys(violations).sort(), rules.map(({ id }) => id).sort()));

  for (const [id, planted] of Object.entries(violations))
    for (const [index, { graph, plant, also }] of [planted].flat().entries())
      it(`report a violation of ${id}, and nothing else${index > 0 ? ` (${index + 1})` : ""}`, async () => {
        const broken = new BrokenGraph(await graphs[graph]());
        const violating = [plant(broken)].flat().at(-1)!;
        const findings = preflight(broken.resources, broken.account);
        const found = [...new Set(findings.map(({ rule }) => rule.id))].sort();
        assert.deepEqual(found, [id, ...also].sort());
        assert.ok(findings.some(({ rule, resource }) => rule.id === id && resource.urn === violating.urn));
      });
}
