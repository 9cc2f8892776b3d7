import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { labeled, violations, type Problems } from "../check";
import { isKnown, valueAt, type Graph } from "../graph/graph";
import { parseStatements, type Statement } from "./document";

/** Kind of a policy document, which determines the elements that it can have. */
export type DocumentKind = "identity" | "trust" | "resource";

/** A policy document and its place in the graph. */
export interface PolicyPlace {
  resource: GraphResource;
  /** Path in the inputs, such as `inlinePolicies.0.policy`. */
  input: string;
  kind: DocumentKind;
  /** `undefined` if the text is not a JSON object. */
  document: Record<string, unknown> | undefined;
}

/** Places of policy documents by type: the input and the document's kind. `*` stands for each member of a list. */
const places: Readonly<Record<string, readonly [input: string, kind: DocumentKind][]>> = {
  [Type.role]: [
    ["assumeRolePolicy", "trust"],
    ["inlinePolicies.*.policy", "identity"],
  ],
  [Type.rolePolicy]: [["policy", "identity"]],
  [Type.iamPolicy]: [["policy", "identity"]],
  [Type.userPolicy]: [["policy", "identity"]],
  [Type.groupPolicy]: [["policy", "identity"]],
  [Type.queue]: [["policy", "resource"]],
  [Type.queuePolicy]: [["policy", "resource"]],
  [Type.topic]: [["policy", "resource"]],
  [Type.topicPolicy]: [["policy", "resource"]],
  [Type.key]: [["policy", "resource"]],
  [Type.keyPolicy]: [["policy", "resource"]],
  [Type.replicaKey]: [["policy", "resource"]],
  [Type.bucket]: [["policy", "resource"]],
  [Type.bucketV2]: [["policy", "resource"]],
  [Type.bucketPolicy]: [["policy", "resource"]],
  [Type.secret]: [["policy", "resource"]],
  [Type.secretPolicy]: [["policy", "resource"]],
  [Type.eventBusPolicy]: [["policy", "resource"]],
  [Type.restApi]: [["policy", "resource"]],
  [Type.restApiPolicy]: [["policy", "resource"]],
  [Type.domainName]: [["policy", "resource"]],
  [Type.vpc]: [["vpcEndpointSpecs.*.policy", "resource"]],
  [Type.vpcEndpoint]: [["policy", "resource"]],
  [Type.vpcEndpointPolicy]: [["policy", "resource"]],
  [Type.tablePolicy]: [["policy", "resource"]],
  [Type.streamPolicy]: [["policy", "resource"]],
  [Type.logResourcePolicy]: [["policyDocument", "resource"]],
  [Type.logDestinationPolicy]: [["accessPolicy", "resource"]],
};

/** Lists every policy document of a graph whose text is known. */
export function policyPlaces(graph: Graph): PolicyPlace[] {
  return Object.entries(places).flatMap(([type, inputs]) =>
    graph.all(type).flatMap((resource) =>
      inputs
        .flatMap(([pattern, kind]) => pathsOf(resource, pattern).map((input) => ({ input, kind })))
        .filter(({ input }) => isKnown(valueAt(resource, input)))
        .map(({ input, kind }) => ({ resource, input, kind, document: graph.document(resource, input) })),
    ),
  );
}

function pathsOf(resource: GraphResource, pattern: string): string[] {
  const [before, after] = pattern.split(".*");
  if (after === undefined) return [pattern];
  const members = valueAt(resource, before);
  return Array.isArray(members) ? members.map((_, index) => `${before}.${index}${after}`) : [];
}

/** Checks each policy document. */
export const eachPolicy = (problems: (place: PolicyPlace, graph: Graph) => Problems) => (graph: Graph) =>
  policyPlaces(graph).flatMap((place) => violations(place.resource, problems(place, graph)));

/** Checks each statement of each policy document. Each sentence begins with the statement's place. */
export const eachStatement = (problems: (statement: Statement, place: PolicyPlace) => Problems) =>
  eachPolicy((place) =>
    parseStatements(place.document ?? {}).map((statement, index) =>
      labeled(`${place.input} statement ${statement.sid ?? index}`, problems(statement, place)),
    ),
  );
