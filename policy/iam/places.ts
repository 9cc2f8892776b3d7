import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { isKnown, type Graph } from "../graph";

/** What a document is for: its rules differ. */
export type DocumentKind = "identity" | "trust" | "resource";

export interface PolicyPlace {
  resource: GraphResource;
  input: string;
  kind: DocumentKind;
  /** `undefined` if the text is no JSON object. */
  document: Record<string, unknown> | undefined;
}

/** Where documents are, by type: the input, and what it is for. */
const places: Readonly<Record<string, readonly [input: string, kind: DocumentKind][]>> = {
  [Type.role]: [["assumeRolePolicy", "trust"]],
  [Type.rolePolicy]: [["policy", "identity"]],
  [Type.iamPolicy]: [["policy", "identity"]],
  [Type.queue]: [["policy", "resource"]],
  [Type.queuePolicy]: [["policy", "resource"]],
  [Type.topic]: [["policy", "resource"]],
  [Type.topicPolicy]: [["policy", "resource"]],
  [Type.key]: [["policy", "resource"]],
  [Type.keyPolicy]: [["policy", "resource"]],
  [Type.bucketPolicy]: [["policy", "resource"]],
  [Type.secret]: [["policy", "resource"]],
};

/** Every policy document of a graph whose text is known. */
export function policyPlaces(graph: Graph): PolicyPlace[] {
  return Object.entries(places).flatMap(([type, inputs]) =>
    graph
      .all(type)
      .flatMap((resource) =>
        inputs
          .filter(([input]) => isKnown(resource.inputs[input]))
          .map(([input, kind]) => ({ resource, input, kind, document: graph.document(resource, input) })),
      ),
  );
}
