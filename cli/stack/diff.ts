import { compareGraphs } from "../../graph/diff";
import { renderComparison } from "../../graph/diffMarkdown";
import { readGraphFile } from "../lib/graphs";
import { print } from "../lib/output";

/** Prints what deploying one resource graph over another would add, change, replace and delete: Markdown, or JSON. */
export async function compareStacks(base: string, head: string, { title = head, json }: { title?: string; json?: boolean }): Promise<void> {
  const comparison = compareGraphs(readGraphFile(base), readGraphFile(head));
  print(json ? JSON.stringify(comparison, undefined, 2) : renderComparison(comparison, title).replace(/\n$/, ""));
}
