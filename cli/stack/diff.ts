import { compareGraphs, type Difference } from "../../preflight/graph/diff";
import { renderComparison } from "../../preflight/graph/diffMarkdown";
import { readGraphFile } from "../lib/graphs";
import { print } from "../lib/output";

/** Prints what deploying one resource graph over another adds, changes, replaces and deletes, as Markdown or JSON. */
export async function compareStacks(base: string, head: string, { title = head, json }: { title?: string; json?: boolean }): Promise<void> {
  const differences = compareGraphs(readGraphFile(base), readGraphFile(head));
  print(json ? JSON.stringify(differences.map(inJson), undefined, 2) : renderComparison(differences, title).replace(/\n$/, ""));
}

/** Names the resource of a difference, without its inputs and outputs: those that differ are listed. */
function inJson({ kind, resource: { type, name, urn }, ...difference }: Difference) {
  return { kind, type, name, urn, ...difference };
}
