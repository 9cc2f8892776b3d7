import { flatten, type Scalar } from "./flatten";
import type { GraphResource } from "./resource";
import { findType, holdsData, replacingInputs } from "./types";

export type DifferenceKind = "added" | "changed" | "replaced" | "deleted";

/** One changed value in a resource's inputs. `undefined`: the value is missing on that side. */
export interface InputDifference {
  /** For example, `policy.Statement[WriteLogs].Action[logs:PutLogEvents]`. */
  path: string;
  before: Scalar | undefined;
  after: Scalar | undefined;
}

/** Describes what deploying the head would do to one resource of the base. */
export interface Difference {
  kind: DifferenceKind;
  /** The head's resource; for a deletion, the base's. */
  resource: GraphResource;
  inputs: InputDifference[];
  /** Names of the resources that were added to or removed from its dependencies. */
  order: { added: string[]; removed: string[] };
  /** Reasons for a replacement: its own inputs, or replaced resources that it refers to. */
  because: string[];
  /** True if events, messages, secrets, logs or keys are lost. */
  losesData: boolean;
  /** `protect` of the deployed resource, which is the one that the engine checks. */
  protectedBefore: boolean;
  /** Change of its own `protect`, if any. */
  protection: "lifted" | "gained" | undefined;
  /** True if the graph tells which inputs of this type force a replacement. */
  foreseeable: boolean;
}

/**
 * Compares two resource graphs of the same program, or of two of its stacks. Outputs that AWS computes look the same in
 * both, so a replacement is followed to dependent resources through their `propertyDependencies`.
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

/** Indexes resources by type and name, without stack and project. Omits components without inputs, which only group. */
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

/** Compares dependencies: the creation order can change while no input does. */
function compareOrder(was: GraphResource, is: GraphResource): Difference["order"] {
  const [before, after] = [was, is].map(({ dependencies }) => new Set(dependencies.map(identity)));
  const missingFrom = (others: Set<string>) => (one: string) => !others.has(one);
  return { added: [...after].filter(missingFrom(before)).map(nameOf), removed: [...before].filter(missingFrom(after)).map(nameOf) };
}

/** Follows each replacement to its dependents. A replaced resource gets another ID; a dependent that cannot be updated with it is replaced, too. */
function followReplacements(differences: Difference[], head: GraphResource[], before: Map<string, GraphResource>): Difference[] {
  const known = new Map(differences.map((difference) => [identity(difference.resource.urn), difference]));
  const queue = differences.filter(({ kind }) => kind === "replaced");
  for (let replaced = queue.shift(); replaced; replaced = queue.shift()) {
    for (const dependent of head) {
      const was = before.get(identity(dependent.urn));
      if (!was || known.get(identity(dependent.urn))?.kind === "replaced" || !isReplacedWith(dependent, replaced.resource)) continue;
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

/** Returns whether replacing one resource replaces a dependent: through an input that refers to it, or because it is its provider. */
function isReplacedWith(dependent: GraphResource, replaced: GraphResource): boolean {
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
