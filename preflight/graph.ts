import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { isObject, parseJson } from "./json";

/** The outputs and inputs by which others name a resource. */
const identifyingOutputs = ["arn", "id", "name", "url", "streamArn", "invokeArn", "executionArn"];
const nameInputs = ["name", "alarmName", "stageName"];
/** Returns the inputs that name a resource; a bucket's settings name it as the bucket itself does. */
const identifyingInputs = ({ type }: GraphResource) => (type === Type.bucket ? ["bucket"] : nameInputs);

/** What a stack's configuration says of the account, which no resource shows. */
export interface Account {
  /** Lambda's limit of concurrent executions; `undefined`: not known. */
  concurrency?: number;
  /** API Gateway's limit of requests a second in the region; 0 or `undefined`: AWS's default. */
  requestsPerSecond?: number;
}

/** A resource graph with the questions that rules ask of it. */
export class Graph {
  readonly account: Account;
  readonly resources: readonly GraphResource[];
  readonly #byType = new Map<string, GraphResource[]>();
  #isOwn: boolean | undefined;
  readonly #byUrn: Map<string, GraphResource>;
  readonly #byIdentifier = new Map<string, GraphResource[]>();
  readonly #waitsFor = new Map<string, ReadonlySet<string>>();
  readonly #referring = new Map<string, GraphResource[]>();
  readonly #documents = new Map<string, Record<string, unknown> | undefined>();

  constructor(resources: readonly GraphResource[], account: Account = {}) {
    this.resources = resources;
    this.account = account;
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      append(this.#byType, resource.type, resource);
      for (const identifier of identifiersOf(resource)) append(this.#byIdentifier, identifier, resource);
      for (const urn of new Set(Object.values(resource.propertyDependencies).flat())) append(this.#referring, urn, resource);
    }
  }

  /** Whether this is the graph of this project's own program, to which the project rules apply. */
  get isOwn(): boolean {
    return (this.#isOwn ??= this.resources.some(({ type }) => type.startsWith("webhook:index:")));
  }

  all(type: string): readonly GraphResource[] {
    return this.#byType.get(type) ?? [];
  }

  /** The resources of a type that an input refers to. */
  referred(resource: GraphResource, input: string, type: string): GraphResource[] {
    return (resource.propertyDependencies[input] ?? []).flatMap((urn) => {
      const found = this.#byUrn.get(urn);
      return found?.type === type ? [found] : [];
    });
  }

  /** The resources of a type that refer to another in some input. */
  referringTo(resource: GraphResource, type: string): GraphResource[] {
    return (this.#referring.get(resource.urn) ?? []).filter((one) => one.type === type);
  }

  /** The resource of one of these types that has this ARN, id, URL or name. */
  find(identifier: unknown, ...types: readonly string[]): GraphResource | undefined {
    return typeof identifier === "string" ? this.#byIdentifier.get(identifier)?.find(({ type }) => types.includes(type)) : undefined;
  }

  /** The function that has this name or ARN, or of which it names a version or an alias. */
  findFunction(identifier: unknown): GraphResource | undefined {
    const type = Type.function;
    return this.find(identifier, type) ?? this.find(String(identifier).replace(/:[\w$-]+$/, ""), type);
  }

  /** Whatever has this ARN, id, URL or name, of any type. */
  findAny(identifier: string): readonly GraphResource[] {
    return this.#byIdentifier.get(identifier) ?? [];
  }

  /** The resource of a type that an input names: by its value or, of what is known only after deployment, by reference. */
  target(resource: GraphResource, path: string, type: string): GraphResource | undefined {
    const value = textInput(resource, path);
    const found = this.find(value, type);
    if (found) return found;
    return this.referred(resource, path.split(".")[0], type).find((one) => value === undefined || isPartOf(value, one));
  }

  /** Whether the first is made after the second: it waits for it, directly or through others. */
  waitsFor(resource: GraphResource, other: GraphResource): boolean {
    return this.#reachable(resource).has(other.urn);
  }

  /** The JSON document in an input, parsed once. @see documentAt */
  document(resource: GraphResource, path: string): Record<string, unknown> | undefined {
    const key = `${resource.urn} ${path}`;
    if (!this.#documents.has(key)) this.#documents.set(key, documentAt(resource, path));
    return this.#documents.get(key);
  }

  #reachable(resource: GraphResource): ReadonlySet<string> {
    const known = this.#waitsFor.get(resource.urn);
    if (known) return known;
    const reached = new Set<string>();
    const queue = [...resource.dependencies];
    for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
      if (reached.has(urn)) continue;
      reached.add(urn);
      queue.push(...(this.#byUrn.get(urn)?.dependencies ?? []));
    }
    this.#waitsFor.set(resource.urn, reached);
    return reached;
  }
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function identifiersOf(resource: GraphResource): Set<string> {
  const { inputs, outputs } = resource;
  const values = [...identifyingOutputs.map((key) => outputs[key]), ...identifyingInputs(resource).map((key) => inputs[key])];
  return new Set(values.filter((value): value is string => typeof value === "string" && isKnown(value)));
}

/** Tells whether only the deployment gives a resource its name, so that any name may be its own. */
export const hasUnknownName = (resource: GraphResource): boolean =>
  identifyingInputs(resource).some((input) => resource.inputs[input] === "[unknown]");

/** Tells whether a name is of something that belongs to a resource, such as a version of a function; it may be, if the resource's id is not
 * known. */
function isPartOf(value: string, resource: GraphResource): boolean {
  const identifiers = [...identifiersOf(resource)];
  return (
    !isKnown(resource.outputs.id) ||
    identifiers.some((identifier) => value.startsWith(`${identifier}:`) || value.startsWith(`${identifier}/`))
  );
}

/** Tells whether a value is there and is none that only the deployment, or only the stack's owner, knows. */
export function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "[unknown]" && value !== "[secret]";
}

/** Returns the members of a list, as far as they are known; none if it is no list, or known only after deployment. */
export function list<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? (value.filter(isKnown) as T[]) : [];
}

/** Returns the fields of an object; none if it is no object, or known only after deployment. */
export function fields(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Returns the value at a path such as `settings.throttlingRateLimit`; `undefined` if there is none, "[unknown]" within what is not known. */
export function valueAt(resource: GraphResource, path: string): unknown {
  let value: unknown = resource.inputs;
  for (const key of path.split(".")) {
    if (value === "[unknown]") return value;
    value = (value as Record<string, unknown> | undefined | null)?.[key];
  }
  return value ?? undefined;
}

/** Tells whether the value at a path is, or after deployment may be, this one. */
export function mayBe(resource: GraphResource, path: string, expected: unknown): boolean {
  const value = valueAt(resource, path);
  return value === "[unknown]" || value === expected;
}

/** Returns the text at a path; `undefined` if there is none, or it is known only after deployment. */
export function textInput(resource: GraphResource, path: string): string | undefined {
  const value = valueAt(resource, path);
  return typeof value === "string" && isKnown(value) ? value : undefined;
}

/** Returns a JSON document, given as text or as an object; `undefined` for what is known only after deployment, or is none. */
function documentAt(resource: GraphResource, path: string): Record<string, unknown> | undefined {
  const text = valueAt(resource, path);
  const document = isObject(text) ? text : parseJson(text);
  return isObject(document) ? document : undefined;
}

/** An ARN's parts. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  /** All that follows the account. */
  resource: string;
}

export function parseArn(value: unknown): Arn | undefined {
  if (typeof value !== "string" || !value.startsWith("arn:")) return undefined;
  const [, partition, service, region, account, ...rest] = value.split(":");
  return rest.length > 0 ? { partition, service, region, account, resource: rest.join(":") } : undefined;
}
