import { flatten, type Scalar } from "./flatten";
import type { GraphResource } from "./resource";
import { findType, holdsData, replacingInputs } from "./types";

export type DifferenceKind = "added" | "changed" | "replaced" | "deleted";

/** A place in a resource's inputs, such as `policy.Statement[WriteLogs].Action[logs:PutLogEvents]`; `undefined`: not there. */
export interface InputDifference {
  path: string;
  before: Scalar | undefined;
  after: Scalar | undefined;
}

/** What deploying the head would do to one resource of the base. */
export interface Difference {
  kind: DifferenceKind;
  /** As in the head, or as it was, if it is deleted. */
  resource: GraphResource;
  inputs: InputDifference[];
  /** Names of resources that it waits for, now or no longer. */
  order: { added: string[]; removed: string[] };
  /** Why it is made anew: its own inputs, or resources that it refers to and that are made anew themselves. */
  because: string[];
  /** Whether events, messages, secrets, logs or keys go with it. */
  losesData: boolean;
  /** Whether `protect` is set where the engine looks for it: at the resource as it was deployed. */
  protectedBefore: boolean;
  /** Its own `protect`, if it changes. */
  protection: "lifted" | "gained" | undefined;
  /** Whether a change of this type's inputs can be foreseen. */
  foreseeable: boolean;
}

/**
 * Compares two resource graphs of the same program, or of two of its stacks. Outputs that AWS computes look the same in
 * both, so a resource that refers to one that is made anew is followed through its `propertyDependencies`.
 */
export function compareGraphs(base: readonly GraphResource[], head: readonly GraphResource[]): Difference[] {
  const before = byIdentity(base);
  const after = byIdentity(head);
  const differences = [
    ...[...after].flatMap(([identity, resource]) => {
      const was = before.get(identity);
      return was ? compareResource(was, resource) : [appear(resource)];
    }),
    ...[...before].flatMap(([identity, resource]) => (after.has(identity) ? [] : [disappear(resource)])),
  ];
  return followReplacements(differences, [...after.values()], before).sort(byKindAndName);
}

/** Stack and project are left out: two stacks of the program can be compared. Components without inputs only group. */
function byIdentity(graph: readonly GraphResource[]): Map<string, GraphResource> {
  const compared = graph.filter(({ custom, inputs }) => custom || Object.keys(inputs).length > 0);
  return new Map(compared.map((resource) => [identity(resource.urn), resource]));
}

const identity = (urn: string) => urn.split("::").slice(2).join("::");
const nameOf = (urn: string) => urn.split("::").at(-1)!;

const unchanged = { inputs: [], order: { added: [], removed: [] }, because: [], protection: undefined, foreseeable: true };

function appear(resource: GraphResource): Difference {
  return { ...unchanged, kind: "added", resource, losesData: false, protectedBefore: false };
}

function disappear(resource: GraphResource): Difference {
  return { ...unchanged, kind: "deleted", resource, losesData: holdsData(resource.type), protectedBefore: resource.protect };
}

function compareResource(was: GraphResource, is: GraphResource): Difference[] {
  const difference = describeChange(was, is);
  const { inputs, order, protection } = difference;
  return inputs.length + order.added.length + order.removed.length > 0 || protection ? [difference] : [];
}

function describeChange(was: GraphResource, is: GraphResource): Difference {
  const changes = Object.keys({ ...was.inputs, ...is.inputs }).map((input) => compareInput(input, was.inputs[input], is.inputs[input]));
  const changed = changes.filter(({ differences }) => differences.length > 0);
  const changedInputs = changed.map(({ input }) => input);
  const because = replacingInputs(is.type, changedInputs);
  return {
    kind: because.length > 0 ? "replaced" : "changed",
    resource: is,
    inputs: changed.flatMap(({ differences }) => differences),
    order: compareOrder(was, is),
    because,
    losesData: because.length > 0 && holdsData(is.type),
    protectedBefore: was.protect,
    protection: was.protect === is.protect ? undefined : was.protect ? "lifted" : "gained",
    foreseeable: findType(is.type)?.replacedBy !== undefined,
  };
}

function compareInput(input: string, was: unknown, is: unknown): { input: string; differences: InputDifference[] } {
  const [before, after] = [flatten(was, input), flatten(is, input)];
  const differences = [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter(({ before, after }) => before !== after);
  return { input, differences };
}

/** Creation order may change without any input. */
function compareOrder(was: GraphResource, is: GraphResource): Difference["order"] {
  const [before, after] = [was, is].map(({ dependencies }) => new Set(dependencies.map(identity)));
  const missingFrom = (others: Set<string>) => (one: string) => !others.has(one);
  return { added: [...after].filter(missingFrom(before)).map(nameOf), removed: [...before].filter(missingFrom(after)).map(nameOf) };
}

/** Follows replacements: a replaced resource gets another ID, so what cannot take another ID is replaced, too. */
function followReplacements(differences: Difference[], head: GraphResource[], before: Map<string, GraphResource>): Difference[] {
  const known = new Map(differences.map((difference) => [identity(difference.resource.urn), difference]));
  const queue = differences.filter(({ kind }) => kind === "replaced");
  for (let replaced = queue.shift(); replaced; replaced = queue.shift()) {
    for (const dependent of head) {
      const was = before.get(identity(dependent.urn));
      if (!was || known.get(identity(dependent.urn))?.kind === "replaced" || !goesWith(dependent, replaced.resource)) continue;
      const difference: Difference = {
        ...describeChange(was, dependent),
        kind: "replaced",
        because: [`${replaced.resource.name}, which it depends on, is replaced`],
        losesData: holdsData(dependent.type),
      };
      known.set(identity(dependent.urn), difference);
      queue.push(difference);
    }
  }
  return [...known.values()];
}

/** Tells whether a resource must be made anew because another one is: by an input that refers to it, or because it is its provider. */
function goesWith(dependent: GraphResource, replaced: GraphResource): boolean {
  const [, provider] = /^pulumi:providers:(.+)$/.exec(replaced.type) ?? [];
  if (provider) return dependent.type.startsWith(`${provider}:`) || dependent.type.startsWith(`${provider}x:`);
  const affected = Object.keys(dependent.propertyDependencies).filter((input) =>
    dependent.propertyDependencies[input].includes(replaced.urn),
  );
  return replacingInputs(dependent.type, affected).length > 0;
}

const kinds: DifferenceKind[] = ["deleted", "replaced", "changed", "added"];

function byKindAndName(one: Difference, other: Difference): number {
  return kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || (one.resource.urn < other.resource.urn ? -1 : 1);
}
