import type { GraphResource } from "./resource";
import { Type } from "./types";
import { isObject, parseJson } from "../json";

/** Outputs and inputs by which other resources refer to a resource. */
const identifyingOutputs = ["arn", "id", "name", "url", "streamArn", "invokeArn", "executionArn"];
const nameInputs = ["name", "alarmName", "stageName"];
/** Lists the inputs that identify a resource. A bucket's settings name the bucket in the same input as the bucket itself. */
const identifyingInputs = ({ type }: GraphResource) => (type === Type.bucket ? ["bucket"] : nameInputs);

/** Quotas of the account, from the stack's configuration. No resource shows them. */
export interface Account {
  /** Lambda's limit of concurrent executions; `undefined` if unknown. */
  concurrency?: number;
  /** API Gateway's limit in requests a second in the region; 0 or `undefined` for AWS's default. */
  requestsPerSecond?: number;
}

/** A resource graph with the queries that rules need. */
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

  /** True for the graph of this project's own program. Project rules apply only to it. */
  get isOwn(): boolean {
    return (this.#isOwn ??= this.resources.some(({ type }) => type.startsWith("webhook:index:")));
  }

  /** Lists the resources of a type. */
  all(type: string): readonly GraphResource[] {
    return this.#byType.get(type) ?? [];
  }

  /** Lists the resources of a type that an input refers to. */
  referred(resource: GraphResource, input: string, type: string): GraphResource[] {
    return (resource.propertyDependencies[input] ?? []).flatMap((urn) => {
      const found = this.#byUrn.get(urn);
      return found?.type === type ? [found] : [];
    });
  }

  /** Lists the resources of a type that refer to a resource in any input. */
  referringTo(resource: GraphResource, type: string): GraphResource[] {
    return (this.#referring.get(resource.urn) ?? []).filter((one) => one.type === type);
  }

  /** Finds a resource of these types by its ARN, ID, URL or name. */
  find(identifier: unknown, ...types: readonly string[]): GraphResource | undefined {
    return typeof identifier === "string" ? this.#byIdentifier.get(identifier)?.find(({ type }) => types.includes(type)) : undefined;
  }

  /** Finds a function by its name or ARN, or by that of a version or an alias. */
  findFunction(identifier: unknown): GraphResource | undefined {
    const type = Type.function;
    return this.find(identifier, type) ?? this.find(String(identifier).replace(/:[\w$-]+$/, ""), type);
  }

  /** Finds resources of any type by ARN, ID, URL or name. */
  findAny(identifier: string): readonly GraphResource[] {
    return this.#byIdentifier.get(identifier) ?? [];
  }

  /** Finds the resource of a type that an input names: by value, or by reference if the value is known only after deployment. */
  target(resource: GraphResource, path: string, type: string): GraphResource | undefined {
    const value = textInput(resource, path);
    const found = this.find(value, type);
    if (found) return found;
    return this.referred(resource, path.split(".")[0], type).find((one) => value === undefined || isPartOf(value, one));
  }

  /** Returns whether a resource depends on another one, directly or indirectly, and is therefore created after it. */
  waitsFor(resource: GraphResource, other: GraphResource): boolean {
    return this.#reachable(resource).has(other.urn);
  }

  /** Returns the JSON document in an input, parsed once. @see documentAt */
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

/** Returns whether a resource's name is known only after deployment, so that it could have any name. */
export const hasUnknownName = (resource: GraphResource): boolean =>
  identifyingInputs(resource).some((input) => resource.inputs[input] === "[unknown]");

/** Returns whether a name belongs to a part of a resource, such as a version of a function; true if the resource's ID is unknown. */
function isPartOf(value: string, resource: GraphResource): boolean {
  const identifiers = [...identifiersOf(resource)];
  return (
    !isKnown(resource.outputs.id) ||
    identifiers.some((identifier) => value.startsWith(`${identifier}:`) || value.startsWith(`${identifier}/`))
  );
}

/** Returns whether a value is set, and neither unknown until deployment nor secret. */
export function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "[unknown]" && value !== "[secret]";
}

/** Returns a list's known members; none if the value is not a list or is unknown. */
export function list<T = unknown>(value: unknown): T[] {
  return Array.isArray(value) ? (value.filter(isKnown) as T[]) : [];
}

/** Returns an object's fields; none if the value is not an object or is unknown. */
export function fields(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Returns the input at a path such as `settings.throttlingRateLimit`; `undefined` if it is missing, "[unknown]" inside an unknown value. */
export function valueAt(resource: GraphResource, path: string): unknown {
  let value: unknown = resource.inputs;
  for (const key of path.split(".")) {
    if (value === "[unknown]") return value;
    value = (value as Record<string, unknown> | undefined | null)?.[key];
  }
  return value ?? undefined;
}

/** Returns whether the input at a path is the expected value, or could be after deployment. */
export function mayBe(resource: GraphResource, path: string, expected: unknown): boolean {
  const value = valueAt(resource, path);
  return value === "[unknown]" || value === expected;
}

/** Returns the text at a path; `undefined` if it is missing or known only after deployment. */
export function textInput(resource: GraphResource, path: string): string | undefined {
  const value = valueAt(resource, path);
  return typeof value === "string" && isKnown(value) ? value : undefined;
}

/** Returns a JSON document that an input holds as text or as an object; `undefined` if it is unknown or not an object. */
function documentAt(resource: GraphResource, path: string): Record<string, unknown> | undefined {
  const text = valueAt(resource, path);
  const document = isObject(text) ? text : parseJson(text);
  return isObject(document) ? document : undefined;
}

/** Parts of an ARN. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  /** Everything after the account. */
  resource: string;
}

/** Splits an ARN into its parts; returns `undefined` for anything else. */
export function parseArn(value: unknown): Arn | undefined {
  if (typeof value !== "string" || !value.startsWith("arn:")) return undefined;
  const [, partition, service, region, account, ...rest] = value.split(":");
  return rest.length > 0 ? { partition, service, region, account, resource: rest.join(":") } : undefined;
}
