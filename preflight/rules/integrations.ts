import { Type } from "../../graph/types";
import { each, within } from "../check";
import { type Graph, isKnown } from "../graph";
import { documents, operationsOf } from "../openapi";
import type { Rule } from "../rule";

type Json = Record<string, unknown>;

/** Rules over what a REST API calls, as its document or resources of their own say.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html */
export const integrationRules: Rule[] = [
  {
    id: "api-integration",
    severity: "error",
    awsError:
      "BadRequestException: Errors found during import: Unable to put integration on '…' for resource at path '…': …; or, when it is deployed: No integration defined for method",
    cause: "An operation has no integration, or one that API Gateway does not take.",
    fix: "Give each operation x-amazon-apigateway-integration with a type, a uri and a method.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document).flatMap(({ name, integration }) => integrationProblems(integration).map((problem) => `${name} ${problem}`)),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(({ inputs: { type, uri } }) => isKnown(uri) && String(type).startsWith("AWS") && !isIntegrationUri(uri))
        .map((resource) => ({ resource, detail: `its uri is ${String(resource.inputs.uri)}` })),
    ],
  },
  {
    id: "api-integration-method",
    severity: "error",
    awsError: "silent: every request is answered with 500, «Unable to determine service/operation name to be authorized»",
    cause: "Lambda is called with POST, whatever the source's method is.",
    fix: "Set the integration's method to POST.",
    link: "https://github.com/aws/serverless-application-model/issues/430",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document)
          .filter(({ integration }) => callsFunction(integration?.uri) && integration?.httpMethod !== "POST")
          .map(({ name, integration }) => `${name} calls a function with ${String(integration?.httpMethod)}`),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(
          ({ inputs }) => callsFunction(inputs.uri) && isKnown(inputs.integrationHttpMethod) && inputs.integrationHttpMethod !== "POST",
        )
        .map((resource) => ({ resource, detail: `it calls a function with ${String(resource.inputs.integrationHttpMethod)}` })),
    ],
  },
  {
    id: "api-integration-target",
    severity: "warning",
    awsError: "silent: every request is answered with 500, because there is no such function",
    cause: "A method calls a function that is not in the graph.",
    fix: "Use the function's own invokeArn, so that name and region are right, and the order too.",
    link: "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document).flatMap(({ name, integration }) =>
          unknownFunction(graph, integration?.uri).map((arn) => `${name} calls ${arn}`),
        ),
      ),
      ...each(graph, Type.apiIntegration, (resource) => unknownFunction(graph, resource.inputs.uri).map((arn) => `it calls ${arn}`)),
    ],
  },
  {
    id: "api-integration-timeout",
    severity: "error",
    awsError: "BadRequestException: Timeout should be between 50 ms and 29000 ms",
    cause: "API Gateway waits 29 seconds at most, unless AWS has raised the account's quota for a Regional API.",
    fix: "Set the timeout to 50 to 29,000 milliseconds.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-method-integration.html",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document)
          .filter(({ integration }) => !within(integration?.timeoutInMillis, 50, 29_000))
          .map(({ name, integration }) => `${name} waits ${String(integration?.timeoutInMillis)} ms`),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(({ inputs }) => !within(inputs.timeoutMilliseconds, 50, 29_000))
        .map((resource) => ({ resource, detail: `it waits ${String(resource.inputs.timeoutMilliseconds)} ms` })),
    ],
  },
];

const callsFunction = (uri: unknown) => typeof uri === "string" && uri.includes(":lambda:path/");

/** What API Gateway takes as the address of an AWS service's action, of a function above all. */
function isIntegrationUri(uri: unknown): boolean {
  const isAction = /^arn:[\w-]+:apigateway:[\w-]+:[\w.-]+:(path|action)\/.+/.test(String(uri));
  return isAction && (!callsFunction(uri) || /\/functions\/arn:[\w-]+:lambda:[^/]+\/invocations$/.test(String(uri)));
}

function unknownFunction(graph: Graph, uri: unknown): string[] {
  const arn = /\/functions\/(arn:[^/]+)\/invocations$/.exec(String(uri))?.[1];
  return arn === undefined || graph.findFunction(arn) ? [] : [arn];
}

function integrationProblems(integration: Json | undefined): string[] {
  if (!integration) return ["has no integration"];
  const { type, uri, passthroughBehavior } = integration;
  const types = ["aws", "aws_proxy", "http", "http_proxy", "mock"];
  return [
    ...(types.includes(String(type)) ? [] : [`has an integration of the type ${String(type)}`]),
    ...(type !== "mock" && typeof uri !== "string" ? ["has an integration without uri"] : []),
    ...(typeof uri === "string" && String(type).startsWith("aws") && !isIntegrationUri(uri) ? [`calls ${uri}`] : []),
    ...(passthroughBehavior === undefined || ["when_no_match", "when_no_templates", "never"].includes(String(passthroughBehavior))
      ? []
      : [`has the passthroughBehavior ${String(passthroughBehavior)}`]),
  ];
}
