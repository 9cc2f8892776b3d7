import type { GraphResource } from "./graph/resource";
import type { Graph } from "./graph/graph";

export type Severity = "error" | "warning";

/** A rule: finds one kind of failure in a resource graph, at deployment or silently after it. */
export interface Rule {
  /** Service and subject, such as `lambda-memory`. */
  id: string;
  /** `error`: AWS refuses it, or the stack does not work. `warning`: it can be intended. */
  severity: Severity;
  /** AWS's error, verbatim; or "silent: " and what goes wrong without one. */
  awsError: string;
  /** One sentence that says why it fails. */
  cause: string;
  /** One imperative sentence. */
  fix: string;
  /** Source of the fact: AWS's documentation, or an issue by someone who saw the failure. */
  link: string;
  check(graph: Graph): Violation[];
}

/** One violation of a rule. */
export interface Violation {
  resource: GraphResource;
  /** Sentence that says what is wrong, with names and values: `memorySize is 64. AWS allows 128 to 10240 MB.` */
  detail: string;
}

/** A rule's definition. Without a severity, it is an error. */
export type RuleEntry = Omit<Rule, "severity"> & { severity?: "warning" };
