import { memoizedFor } from "./memo";
import { parseArn, type Graph } from "./graph";

/** The stack's own region and account, as the ARNs of what it makes say; `undefined` where the graph is of several. */
export interface Place {
  region: string | undefined;
  account: string | undefined;
}

/** Reads the region and the account of a graph, once. */
export const ownPlace = memoizedFor((graph: Graph): Place => {
  const arns = graph.resources.map(({ outputs }) => parseArn(outputs.arn)).filter((arn) => arn !== undefined);
  const only = (all: string[]) => {
    const different = [...new Set(all.filter(Boolean))];
    return different.length === 1 ? different[0] : undefined;
  };
  return { region: only(arns.map(({ region }) => region)), account: only(arns.map(({ account }) => account)) };
});
