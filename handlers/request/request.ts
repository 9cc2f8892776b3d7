import type { APIGatewayProxyEvent } from "aws-lambda";
import type { MediaType } from "../../domain/payload";
import { mediaTypeOf } from "./body";
import { Refusal } from "../errors";

/** Webhook as its source sent it. */
export interface WebhookRequest {
  /** Bytes of the body, exactly as signed. */
  body: Buffer;
  mediaType: MediaType;
  /** Headers by lower-case name. Values of a repeated header are joined by a comma, as HTTP defines. */
  headers: Readonly<Record<string, string>>;
  method: string;
  /** Parameters of the query, decoded; of a repeated one, the last. */
  query: Readonly<Record<string, string>>;
  /** The same parameters with each value of a repeated one. */
  parameters: readonly Parameter[];
}

export type Parameter = readonly [name: string, value: string];

/**
 * Most bytes of a body, as many as Lambda accepts in an event. The body may be longer inside the event than by itself; API Gateway refuses
 * that.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maximumBodyBytes = 6 * 1024 * 1024;

/**
 * Parses API Gateway's event. It decompresses nothing: the bytes are signed as sent, and no provider compresses.
 * @param readAs media type of every body, if the provider's content types do not say it
 * @throws Refusal too_large, unsupported_media_type
 */
export function parseRequest(event: APIGatewayProxyEvent, accepted: readonly MediaType[], readAs?: MediaType): WebhookRequest {
  const headers = lowerCaseHeaders(event);
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (body.length > maximumBodyBytes) throw new Refusal("too_large", "body size");
  const mediaType = mediaTypeOf(headers["content-type"]);
  if (!mediaType || !accepted.includes(mediaType)) throw new Refusal("unsupported_media_type", "content type");
  if (!/^(identity)?$/i.test(headers["content-encoding"] ?? "")) throw new Refusal("unsupported_media_type", "content encoding");
  return { ...requestWithoutBody(event), body, mediaType: readAs ?? mediaType };
}

/** Returns what a request without a body says. */
export function requestWithoutBody(event: APIGatewayProxyEvent): WebhookRequest {
  const single = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? ""] as const);
  const all = Object.entries(event.multiValueQueryStringParameters ?? {});
  const parameters = all.length > 0 ? all.flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const)) : single;
  return {
    body: Buffer.alloc(0),
    mediaType: "bytes",
    headers: lowerCaseHeaders(event),
    method: event.httpMethod,
    query: Object.fromEntries(single),
    parameters,
  };
}

function lowerCaseHeaders({ headers, multiValueHeaders }: APIGatewayProxyEvent): Record<string, string> {
  const single = Object.entries(headers ?? {}).map(([name, value]) => [name, [value ?? ""]] as const);
  const all = Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [name, values ?? []] as const);
  return Object.fromEntries([...single, ...all].map(([name, values]) => [name.toLowerCase(), values.join(", ")]));
}
