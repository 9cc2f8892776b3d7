/** One entry of the graph: a resource as the program registers it. */
export interface GraphResource {
  urn: string;
  /** Pulumi's type token, e.g. `aws:sqs/queue:Queue`. */
  type: string;
  name: string;
  /** True if a provider creates it. Components only group resources. */
  custom: boolean;
  /** Inputs as plain JSON. Secrets are "[secret]", values known only after deployment "[unknown]", archives one hash a file. */
  inputs: Record<string, unknown>;
  /** Values that AWS computes, such as `id` and `arn`; empty until they are known. */
  outputs: Record<string, unknown>;
  /** URN of the parent; empty at the top. */
  parent: string;
  /** URNs of the resources that it depends on, sorted. */
  dependencies: string[];
  /** URNs of its dependencies by input property. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
}

/** A graph entry with the fields that only tests read. */
export interface Registration extends GraphResource {
  /** Version of the provider plugin that the registration requests. */
  version: string;
}
