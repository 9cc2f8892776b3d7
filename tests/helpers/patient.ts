import * as assert from "node:assert/strict";
import { captureProgram } from "../../graph/capture";
import type { GraphResource } from "../../graph/resource";
import type { Account } from "../../preflight/graph";
import { preflight } from "../../preflight/preflight";
import type { RuleEntry } from "../../preflight/rule";
import { guarded, program } from "../../testbed/program";

type Json = Record<string, unknown>;

/** A graph to plant faults in: a copy of one in which nothing is wrong. */
export class Patient {
  readonly resources: GraphResource[];
  /** What the stack's configuration says of the account; nothing, if a fault says no more. */
  account: Account = {};
  constructor(resources: readonly GraphResource[]) {
    this.resources = structuredClone(resources) as GraphResource[];
  }

  one(type: string, name?: string): GraphResource {
    const found = this.resources.find(
      (resource) => resource.type === type && (name === undefined || `-${resource.name}`.endsWith(`-${name}`)),
    );
    assert.ok(found, `${type} ${name ?? ""}`);
    return found;
  }

  /** Another value at a path of the inputs; `undefined` takes it away. */
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

  /** Changes a document among the inputs. */
  edit(type: string, name: string, input: string, change: (document: Json) => void): GraphResource {
    const resource = this.one(type, name);
    const document = JSON.parse(resource.inputs[input] as string) as Json;
    change(document);
    resource.inputs[input] = JSON.stringify(document);
    return resource;
  }

  /** Changes a statement of a policy, by its Sid or its place. */
  statement(type: string, name: string, which: string | number, change: (statement: Json) => void, input = "policy"): GraphResource {
    return this.edit(type, name, input, (document) => {
      const statements = document.Statement as Json[];
      const found = statements.find((one, index) => one.Sid === which || index === which);
      assert.ok(found, `${name} has a statement ${which}`);
      change(found);
    });
  }

  /** Puts something else in the place of each occurrence in a text. */
  rewrite(type: string, name: string, input: string, from: string, to: string): GraphResource {
    const resource = this.one(type, name);
    const text = resource.inputs[input] as string;
    assert.ok(text.includes(from), `${name}.${input} has ${from}`);
    resource.inputs[input] = text.replaceAll(from, to);
    return resource;
  }

  /** As if a resource had not been made. */
  remove(type: string, name?: string): GraphResource {
    return this.resources.splice(this.resources.indexOf(this.one(type, name)), 1)[0];
  }

  /** As if nothing had said that the first comes after the second. */
  unchain(resource: GraphResource, other: GraphResource): GraphResource {
    resource.dependencies = resource.dependencies.filter((urn) => urn !== other.urn);
    return resource;
  }

  /** One more resource, as the first of its type is but for its name and what is changed. */
  add(type: string, name: string, inputs: Json, outputs: Json = {}): GraphResource {
    const urn = `urn:pulumi:dev::test::${type}::${name}`;
    const fields = { custom: true, parent: "", dependencies: [], propertyDependencies: {}, protect: false, retainOnDelete: false };
    const resource = { urn, type, name, inputs, outputs, ...fields };
    this.resources.push(resource);
    return resource;
  }
}

/** Where a fault is planted: in this program, with all that can be asked for, or in another that has what this one lacks. */
export const graphs = {
  own: async () => (await program(guarded)).resources,
  other: async () => (await cleanProgram()).resources,
};

let clean: ReturnType<typeof captureProgram> | undefined;
/** Returns a program of somebody else, in which nothing is wrong. */
export function cleanProgram() {
  return (clean ??= captureProgram({ project: "clean", entry: "tests/preflight/others/clean/index" }));
}

export interface Fault {
  graph: keyof typeof graphs;
  /** @returns the resource in which the rule must find it; of several, it is the last. */
  plant: (patient: Patient) => GraphResource | readonly GraphResource[];
  /** Other rules that the same fault breaks. */
  also: string[];
}

export const own = (plant: Fault["plant"], ...also: string[]): Fault => ({ graph: "own", plant, also });
export const other = (plant: Fault["plant"], ...also: string[]): Fault => ({ graph: "other", plant, also });

/** Returns one specification a fault: each rule finds what it is about, where it is, and no rule but those named finds anything. */
export function specifyRules(rules: readonly RuleEntry[], faults: Record<string, Fault | Fault[]>): void {
  it("have a fault each", () => assert.deepEqual(Object.keys(faults).sort(), rules.map(({ id }) => id).sort()));

  for (const [id, planted] of Object.entries(faults))
    for (const [index, { graph, plant, also }] of [planted].flat().entries())
      it(`find the fault that ${id} is about, and no other${index > 0 ? ` (${index + 1})` : ""}`, async () => {
        const patient = new Patient(await graphs[graph]());
        const faulty = [plant(patient)].flat().at(-1)!;
        const findings = preflight(patient.resources, patient.account);
        const found = [...new Set(findings.map(({ rule }) => rule.id))].sort();
        assert.deepEqual(found, [id, ...also].sort());
        assert.ok(findings.some(({ rule, resource }) => rule.id === id && resource.urn === faulty.urn));
      });
}
