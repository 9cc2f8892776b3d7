import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  type APIGatewayClient,
  type GatewayResponseType,
} from "@aws-sdk/client-api-gateway";
import type { openApiDocument } from "../../components/webhookApi/openApi";

const formMediaType = "application/x-www-form-urlencoded";

type Document = ReturnType<typeof openApiDocument>;

/**
 * MiniStack cannot import an OpenAPI document, so the same document is taken apart and each piece created: validators,
 * models, resources, methods, integrations and gateway responses.
 */
export async function createRestApi(client: APIGatewayClient, name: string, body: string) {
  const document = JSON.parse(body) as Document;
  const { id: restApiId } = await client.send(new CreateRestApiCommand({ name, endpointConfiguration: { types: ["REGIONAL"] } }));
  const { items } = await client.send(new GetResourcesCommand({ restApiId }));
  const rootResourceId = items![0].id!;
  const validators = await createValidators(client, restApiId!, document);
  await createModels(client, restApiId!, document);
  await createPaths(client, restApiId!, rootResourceId, document, validators);
  await createGatewayResponses(client, restApiId!, document);
  return { restApiId: restApiId!, rootResourceId };
}

async function createValidators(client: APIGatewayClient, restApiId: string, document: Document): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const [name, validator] of Object.entries(document["x-amazon-apigateway-request-validators"])) {
    const { id } = await client.send(new CreateRequestValidatorCommand({ restApiId, name, ...validator }));
    ids.set(name, id!);
  }
  return ids;
}

async function createModels(client: APIGatewayClient, restApiId: string, { components }: Document): Promise<void> {
  for (const [name, schema] of Object.entries(components.schemas)) {
    await client.send(new CreateModelCommand({ restApiId, name, contentType: "application/json", schema: JSON.stringify(schema) }));
  }
}

async function createPaths(
  client: APIGatewayClient,
  restApiId: string,
  rootId: string,
  document: Document,
  validators: Map<string, string>,
): Promise<void> {
  const requestValidatorId = validators.get(document["x-amazon-apigateway-request-validator"]);
  const resourceIds = await createResources(client, restApiId, rootId, Object.keys(document.paths));
  for (const [path, { post }] of Object.entries(document.paths)) {
    const resourceId = resourceIds.get(path);
    const models = Object.entries(post.requestBody.content).map(([type, { schema }]) => [type, schema.$ref.split("/").at(-1)!]);
    // MiniStack takes the JSON model for every other type too, AWS none: under a model that is not there, it looks at no body.
    models.push([formMediaType, "none"]);
    await client.send(
      new PutMethodCommand({
        restApiId,
        resourceId,
        httpMethod: "POST",
        authorizationType: "NONE",
        requestValidatorId,
        requestModels: Object.fromEntries(models),
      }),
    );
    const { uri, httpMethod, timeoutInMillis } = post["x-amazon-apigateway-integration"];
    await client.send(
      new PutIntegrationCommand({
        restApiId,
        resourceId,
        httpMethod: "POST",
        type: "AWS_PROXY",
        integrationHttpMethod: httpMethod,
        uri,
        timeoutInMillis,
      }),
    );
  }
}

/** Creates a resource for each path and for what is above it, parents first. @returns their ids by path */
async function createResources(
  client: APIGatewayClient,
  restApiId: string,
  rootId: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const ids = new Map([["", rootId]]);
  for (const path of new Set(paths.flatMap(withAncestors))) {
    const cut = path.lastIndexOf("/");
    const parentId = ids.get(path.slice(0, cut));
    const { id } = await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart: path.slice(cut + 1) }));
    ids.set(path, id!);
  }
  return ids;
}

/** `/a/b` is `/a` and `/a/b`. */
function withAncestors(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join("/"));
}

async function createGatewayResponses(client: APIGatewayClient, restApiId: string, document: Document): Promise<void> {
  for (const [type, { statusCode, ...response }] of Object.entries(document["x-amazon-apigateway-gateway-responses"])) {
    await client.send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: type as GatewayResponseType,
        statusCode: statusCode?.toString(),
        ...response,
      }),
    );
  }
}
