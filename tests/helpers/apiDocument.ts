import { Type } from "../../preflight/graph/types";
import { own, type PlantedViolation } from "./brokenGraph";

/** The parts of this program's OpenAPI document that tests break. */
export interface ApiDocument {
  info?: object;
  security?: object[];
  paths: Record<string, { post: Operation; parameters?: object[] }>;
  components: {
    schemas: Record<string, Schema>;
  } & Partial<Record<"securitySchemes" | "responses" | "parameters" | "requestBodies" | "headers" | "examples", Record<string, object>>>;
  "x-amazon-apigateway-request-validator": string;
  "x-amazon-apigateway-gateway-responses": Record<string, GatewayResponse>;
}

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  [keyword: string]: unknown;
}

export interface Operation {
  parameters?: object[];
  deprecated?: boolean;
  responses: Record<string, { content?: Record<string, { schema: Schema; example?: unknown }>; $ref?: string }>;
  requestBody: { content: Record<string, { schema: { $ref: string } }> };
  "x-amazon-apigateway-request-validator"?: string;
  "x-amazon-apigateway-integration"?: Integration;
}

export interface Integration {
  type: string;
  uri?: string;
  httpMethod: string;
  passthroughBehavior: string;
  timeoutInMillis: number;
}

export interface GatewayResponse {
  statusCode?: number;
  responseParameters: Record<string, string>;
  responseTemplates?: Record<string, string>;
}

/** Plants a violation in the document of this program's API. */
export const inDocument = (change: (document: ApiDocument) => void, ...also: string[]): PlantedViolation =>
  own((broken) => broken.edit(Type.restApi, "api", "body", (document) => change(document as unknown as ApiDocument)), ...also);

/** Plants a violation in one of the document's operations. */
export const inOperation = (change: (operation: Operation) => void, ...also: string[]): PlantedViolation =>
  inDocument((document) => change(document.paths["/webhook/stripe"].post), ...also);
