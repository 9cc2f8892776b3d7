import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  type PutMethodCommandInput,
  type APIGatewayClient,
  type GatewayResponseType,
} from "@aws-sdk/client-api-gateway";
import type { openApiDocument } from "../../components/webhookApi/openApi";
import { contentTypes, mediaTypes } from "../../domain/payload";

/** Content types of bodies that are not JSON. */
const otherContentTypes = mediaTypes.filter((one) => one !== "json").flatMap((one) => contentTypes[one]);

type Document = ReturnType<typeof openApiDocument>;
type Operation = Pick<Document["paths"][string]["post"], "x-amazon-apigateway-integration">;

/**
 * Creates a REST API from an OpenAPI document. MiniStack cannot import one, so each piece is created by itself: validators, models, resources,
 * methods, integrations and gateway responses.
 * @param apiId the API's ID, which MiniStack takes from a tag; MiniStack chooses one if not given
 */
export async function createRestApi(client: APIGatewayClient, name: string, body: string, apiId: string | undefined) {
  const document = JSON.parse(body) as Document;
  const tags = apiId === undefined ? undefined : { "ms-custom-id": apiId };
  const binaryMediaTypes = document["x-amazon-apigateway-binary-media-types"];
  const endpointConfiguration = { types: ["REGIONAL" as const] };
  const { id: restApiId } = await client.send(new CreateRestApiCommand({ name, tags, binaryMediaTypes, endpointConfiguration }));
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
  for (const [path, { post, get, head }] of Object.entries(document.paths)) {
    const resourceId = resourceIds.get(path);
    for (const [httpMethod, operation] of [["GET", get] as const, ["HEAD", head] as const])
      if (operation) await createMethod({ restApiId, resourceId, httpMethod, authorizationType: "NONE" }, operation);
    const models = Object.entries(post.requestBody.content).map(([type, { schema }]) => [type, schema.$ref.split("/").at(-1)!]);
    // MiniStack applies the JSON model to every other type, too; AWS does not. A model that does not exist keeps MiniStack from it.
    for (const type of otherContentTypes) models.push([type, "none"]);
    const requestModels = Object.fromEntries(models);
    await createMethod({ restApiId, resourceId, httpMethod: "POST", authorizationType: "NONE", requestValidatorId, requestModels }, post);
  }

  async function createMethod(method: PutMethodCommandInput, operation: Operation): Promise<void> {
    await client.send(new PutMethodCommand(method));
    const { uri, httpMethod: integrationHttpMethod, timeoutInMillis } = operation["x-amazon-apigateway-integration"];
    const { resourceId, httpMethod } = method;
    await client.send(
      new PutIntegrationCommand({ restApiId, resourceId, httpMethod, type: "AWS_PROXY", integrationHttpMethod, uri, timeoutInMillis }),
    );
  }
}

/** Creates a resource for each path and its ancestors, parents first. @returns their IDs by path */
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

/** Returns a path and its ancestors: of `/a/b`, `/a` and `/a/b`. */
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
