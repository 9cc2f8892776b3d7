import type { GraphResource } from "../graph/resource";

/** A resource graph with the questions that rules ask of it. */
export class Graph {
  readonly resources: readonly GraphResource[];
  readonly #byType: Map<string, GraphResource[]>;
  readonly #byUrn: Map<string, GraphResource>;
  readonly #waitsFor = new Map<string, ReadonlySet<string>>();

  constructor(resources: readonly GraphResource[]) {
    this.resources = resources;
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.#byType = new Map();
    for (const resource of resources) {
      const known = this.#byType.get(resource.type);
      if (known) known.push(resource);
      else this.#byType.set(resource.type, [resource]);
    }
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

  /** Whether the first is made after the second: it waits for it, directly or through others. */
  waitsFor(resource: GraphResource, other: GraphResource): boolean {
    return this.#reachable(resource).has(other.urn);
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

/** The value at a path such as `settings.throttlingRateLimit`; `undefined` if there is none. */
export function valueAt(resource: GraphResource, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined | null)?.[key], resource.inputs);
}

/** A JSON document that is given as text; `undefined` for what is known only after deployment, or is none. */
export function documentAt(resource: GraphResource, path: string): Record<string, unknown> | undefined {
  const text = valueAt(resource, path);
  if (typeof text !== "string" || !text.trim().startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
