/** A resource as the program registers it: one entry of the graph. */
export interface GraphResource {
  urn: string;
  /** Pulumi's type token, e.g. `aws:sqs/queue:Queue`. */
  type: string;
  name: string;
  /** Whether a provider makes it; components only group. */
  custom: boolean;
  /** Secrets are "[secret]", what is known only after deployment "[unknown]", archives a hash a file. */
  inputs: Record<string, unknown>;
  /** What AWS computes beside them, `id` and `arn` among it; empty where it is not known yet. */
  outputs: Record<string, unknown>;
  /** URN of the parent; empty at the top. */
  parent: string;
  /** URNs of all that it waits for, sorted. */
  dependencies: string[];
  /** The same by input property. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
}

/** What only tests look at, beside the graph's own fields. */
export interface Registration extends GraphResource {
  /** Version of the provider plugin that the registration asks for. */
  version: string;
}
