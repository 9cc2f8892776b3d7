import { Type } from "../../graph/types";
import type { Graph } from "../graph";
import { operationsOf } from "../openapi";
import type { Rule } from "../rule";
import { every, promise } from "./project";

/** The methods of an API's document that more than one name reaches: by a parameter of the path, or by any method of HTTP. */
function sharedMethods(document: Record<string, unknown> | undefined): string[] {
  return operationsOf(document ?? {})
    .map(({ name }) => name)
    .filter((name) => name.includes("{") || name.startsWith("x-amazon-apigateway-any-method "));
}

/** Promises of the paths that sources post to. */
export const pathRules: Rule[] = [
  promise(
    {
      id: "project-path",
      awsError: "silent: one source, or who knows its URL, uses up the throttle of all",
      cause: "A path has a parameter, or a method is any: API Gateway throttles a method, so whoever it serves shares one throttle.",
      fix: "Give each source a path of its own with the method POST, as components/webhookApi/openApi.ts does.",
      link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    },
    (graph: Graph) =>
      every(graph, Type.restApi, (api) => {
        const shared = sharedMethods(graph.document(api, "body"));
        return shared.length > 0 && `${shared.join(", ")} serves more than one source`;
      }),
  ),
];
