import { Type } from "../graph/types";
import { each, labeled, together, isInRange, type Problems } from "../check";
import { type Graph, isKnown } from "../graph/graph";
import { eachOperation } from "../openapi";
import type { Json } from "../json";
import type { RuleEntry } from "../rule";

/** Rules for the integrations of a REST API, in its document or as separate resources.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html */
export const integrationRules: RuleEntry[] = [
  {
    id: "api-integration",
    awsError:
      "BadRequestException: Errors found during import: Unable to put integration on '…' for resource at path '…': …; or, when it is deployed: No integration defined for method",
    cause: "Each operation requires an integration in API Gateway's form.",
    fix: "Give each operation x-amazon-apigateway-integration with a type, a uri and a method.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    check: together(
      eachOperation(({ integration }) => integrationProblems(integration)),
      each(
        Type.apiIntegration,
        ({ inputs: { type, uri } }) =>
          isKnown(uri) &&
          String(type).startsWith("AWS") &&
          !isIntegrationUri(uri) &&
          `uri is ${String(uri)}, which is not the URI of a service action or a function`,
      ),
    ),
  },
  {
    id: "api-integration-method",
    awsError: "silent: every request gets a 500, «Unable to determine service/operation name to be authorized»",
    cause: "API Gateway must call Lambda with POST, whatever the method of the request.",
    fix: "Set the integration's method to POST.",
    link: "https://github.com/aws/serverless-application-model/issues/430",
    check: together(
      eachOperation(({ integration: { uri, httpMethod } = {} }) => callsFunction(uri) && httpMethod !== "POST" && callsWith(httpMethod)),
      each(
        Type.apiIntegration,
        ({ inputs: { uri, integrationHttpMethod: method } }) =>
          callsFunction(uri) && isKnown(method) && method !== "POST" && `it ${callsWith(method)}`,
      ),
    ),
  },
  {
    id: "api-integration-target",
    severity: "warning",
    awsError: "silent: every request gets a 500, because the function does not exist",
    cause: "The method calls a function that is not in the graph.",
    fix: "Use the function's invokeArn, which gives the right name, region and order.",
    link: "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
    check: together(
      eachOperation(({ integration }, graph) => callsUnknown(graph, integration?.uri)),
      each(Type.apiIntegration, ({ inputs }, graph) => labeled("it", callsUnknown(graph, inputs.uri))),
    ),
  },
  {
    id: "api-integration-timeout",
    awsError: "BadRequestException: Timeout should be between 50 ms and 29000 ms",
    cause: "API Gateway waits at most 29 seconds, unless AWS has raised the account's quota for a Regional API.",
    fix: "Set the timeout to a value from 50 to 29,000 milliseconds.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-method-integration.html",
    check: together(
      eachOperation(({ integration }) => waitsTooLong(integration?.timeoutInMillis)),
      each(Type.apiIntegration, ({ inputs }) => labeled("it", waitsTooLong(inputs.timeoutMilliseconds))),
    ),
  },
];

const callsFunction = (uri: unknown) => typeof uri === "string" && uri.includes(":lambda:path/");

/** Returns whether a URI names an action of an AWS service, or a function's invocation. */
function isIntegrationUri(uri: unknown): boolean {
  const isAction = /^arn:[\w-]+:apigateway:[\w-]+:[\w.-]+:(path|action)\/.+/.test(String(uri));
  return isAction && (!callsFunction(uri) || /\/functions\/arn:[\w-]+:lambda:[^/]+\/invocations$/.test(String(uri)));
}

const callsWith = (method: unknown) => `calls a function with the method ${String(method ?? "(none)")}. AWS allows POST`;

const waitsTooLong = (milliseconds: unknown) =>
  !isInRange(milliseconds, 50, 29_000) && `has the timeout ${String(milliseconds)} ms. AWS allows 50 to 29,000`;

function callsUnknown(graph: Graph, uri: unknown): Problems {
  const arn = /\/functions\/(arn:[^/]+)\/invocations$/.exec(String(uri))?.[1];
  return arn !== undefined && !graph.findFunction(arn) && `calls ${arn}, which is not in the graph`;
}

function integrationProblems(integration: Json | undefined): Problems {
  if (!integration) return "has no integration";
  const { type, uri, passthroughBehavior } = integration;
  const types = ["aws", "aws_proxy", "http", "http_proxy", "mock"];
  return [
    !types.includes(String(type)) && `has an integration of the unknown type ${String(type ?? "(none)")}`,
    type !== "mock" && typeof uri !== "string" && "has an integration without a uri",
    typeof uri === "string" &&
      String(type).startsWith("aws") &&
      !isIntegrationUri(uri) &&
      `has the uri ${uri}, which is not the URI of a service action or a function`,
    ![undefined, "when_no_match", "when_no_templates", "never"].includes(passthroughBehavior as string | undefined) &&
      `has the passthroughBehavior ${String(passthroughBehavior)}. AWS allows when_no_match, when_no_templates and never`,
  ];
}
