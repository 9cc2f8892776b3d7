import { memoizedFor } from "./memo";
import { parseArn, type Graph } from "./graph/graph";

/** The stack's own region and account, from its resources' ARNs; `undefined` if the graph has several. */
export interface Place {
  region: string | undefined;
  account: string | undefined;
}

/** Reads the region and account of a graph, once per graph. */
export const ownPlace = memoizedFor((graph: Graph): Place => {
  const arns = graph.resources.map(({ outputs }) => parseArn(outputs.arn)).filter((arn) => arn !== undefined);
  const only = (all: string[]) => {
    const different = [...new Set(all.filter(Boolean))];
    return different.length === 1 ? different[0] : undefined;
  };
  return { region: only(arns.map(({ region }) => region)), account: only(arns.map(({ account }) => account)) };
});
