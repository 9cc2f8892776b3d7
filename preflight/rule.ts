import type { GraphResource } from "../graph/resource";
import type { Graph } from "./graph";

export type Severity = "error" | "warning";

/** A failure at deployment, or after it without a word, that a resource graph shows. */
export interface Rule {
  /** Service and fault, e.g. `lambda-memory`. */
  id: string;
  /** AWS refuses an error, or the stack does not work with it; a warning may be meant. */
  severity: Severity;
  /** AWS's own words, or "silent: " and what goes wrong. */
  awsError: string;
  cause: string;
  fix: string;
  /** Where the fact comes from: AWS's documentation, or an issue of somebody who met it. */
  link: string;
  check(graph: Graph): Violation[];
}

/** One place where a rule is broken. */
export interface Violation {
  resource: GraphResource;
  /** What is wrong there, with names and values. */
  detail: string;
}

/** A rule as it is written down: an error, unless it says that it is a warning. */
export type RuleEntry = Omit<Rule, "severity"> & { severity?: "warning" };
