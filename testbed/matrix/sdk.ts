import { Readable } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NodeHttpHandlerOptions } from "@smithy/types";
import { CallFailure, Crash } from "./faults";
import { ServiceError } from "./services";

/** Answers an AWS call as it leaves the SDK. @param action such as `dynamodb:PutItem` */
export type Answerer = (action: string, parameters: Record<string, unknown>) => Promise<object>;

export interface Wire {
  answer: Answerer;
  /** Called for each retry of the SDK. @param delay milliseconds before it */
  onRetry: (delay: number) => void;
  /** Lets an unanswered try wait until its timeout (milliseconds, or `Infinity`) or until something happens.
   * @returns the milliseconds waited */
  onSilence: (milliseconds: number) => number;
  /** Ends the caller. The call is never answered. */
  onCrash: () => void;
}

type Client = Pick<DynamoDBClient, "config">;

/** The backoff of the SDK's standard retry strategy. */
interface Backoff {
  setDelayBase(milliseconds: number): void;
  computeNextBackoffDelay(retries: number): number;
}

const services: Record<string, string> = { DynamoDB_20120810: "dynamodb", AmazonSQS: "sqs", secretsmanager: "secretsmanager" };

/** Connects an SDK client to the simulation. Everything above the wire, including retries, stays the client's own. */
export async function connect(client: Client, wire: () => Wire): Promise<void> {
  const patience = patienceOf(await requestOptionsOf(client));
  const handleIt = (request: Request, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
    handle(request, { wire: wire(), patience, abortSignal });
  Object.assign(client.config, {
    requestHandler: { metadata: { handlerProtocol: "http/1.1" }, handle: handleIt },
    credentials: () => Promise.resolve({ accessKeyId: "simulated", secretAccessKey: "simulated" }),
  });
  const strategy = (await client.config.retryStrategy()) as unknown as { retryBackoffStrategy: Backoff };
  Object.assign(client.config, { retryStrategy: () => Promise.resolve(withoutWaiting(strategy, wire)) });
}

interface RequestHandler {
  handle(request: object, options: { abortSignal: AbortSignal }): Promise<unknown>;
  httpHandlerConfigs(): NodeHttpHandlerOptions;
}

/** Reads a client's own request options. The client creates them with its first request, which is aborted before it begins. */
export async function requestOptionsOf({ config }: { config: object }): Promise<NodeHttpHandlerOptions> {
  const handler = (config as { requestHandler: RequestHandler }).requestHandler;
  await handler.handle({ protocol: "https:", headers: {} }, { abortSignal: AbortSignal.abort() }).catch(() => undefined);
  return handler.httpHandlerConfigs();
}

/** Returns the client's retry strategy without its waiting, which is only counted. Each call has all retry tokens. */
function withoutWaiting(strategy: { retryBackoffStrategy: Backoff }, wire: () => Wire): object {
  const { retryBackoffStrategy: backoff } = strategy;
  const computeNextBackoffDelay = (retries: number) => {
    wire().onRetry(backoff.computeNextBackoffDelay(retries));
    return 0;
  };
  const setDelayBase = (milliseconds: number) => backoff.setDelayBase(milliseconds);
  return Object.assign(Object.create(strategy) as object, { retryBackoffStrategy: { setDelayBase, computeNextBackoffDelay } });
}

/** Returns the milliseconds after which a client ends an unanswered try. The SDK only logs `requestTimeout` alone. */
function patienceOf({ requestTimeout, throwOnRequestTimeout, socketTimeout }: NodeHttpHandlerOptions): number {
  const ends = [throwOnRequestTimeout ? requestTimeout : undefined, socketTimeout];
  return Math.min(...ends.map((milliseconds) => milliseconds || Infinity));
}

/** A try: its wire, the client's timeout in milliseconds, and the signal that may abort it. */
interface Try {
  wire: Wire;
  patience: number;
  abortSignal: AbortSignal | undefined;
}

interface Request {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

async function handle(request: Request, one: Try): Promise<object> {
  if (one.abortSignal?.aborted) throw aborted();
  if (request.headers["x-amz-target"] !== undefined) return handleJson(request, one);
  return request.path.startsWith(mappingsPath) ? handleMapping(request, one) : handleObject(request, one);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
async function handleJson({ headers, body }: Request, one: Try): Promise<object> {
  const [service, operation] = headers["x-amz-target"].split(".");
  try {
    const answer = await one.wire.answer(`${services[service]}:${operation}`, JSON.parse(String(body)) as Record<string, unknown>);
    return response(200, JSON.stringify(answer));
  } catch (error) {
    return failed(error, services[service], one);
  }
}

const mappingsPath = "/2015-03-31/event-source-mappings";

/** Answers Lambda's calls about event source mappings. @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
async function handleMapping({ method, path, query, body }: Request, one: Try): Promise<object> {
  const operation = method === "GET" ? "ListEventSourceMappings" : "UpdateEventSourceMapping";
  const parameters = method === "GET" ? query : { ...(JSON.parse(String(body)) as object), UUID: path.slice(mappingsPath.length + 1) };
  try {
    return response(200, JSON.stringify(await one.wire.answer(`lambda:${operation}`, parameters)));
  } catch (error) {
    return failed(error, "lambda", one);
  }
}

/** Answers S3's calls, which have a method and a path, and errors in XML. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
async function handleObject({ method, path, body }: Request, one: Try): Promise<object> {
  try {
    const answer = await one.wire.answer(`s3:${method === "PUT" ? "PutObject" : "GetObject"}`, { key: path.replace(/^\//, ""), body });
    return response(200, (answer as { Body?: Uint8Array }).Body ?? "");
  } catch (error) {
    return failed(error, "s3", one);
  }
}

function failed(error: unknown, service: string, one: Try): object | Promise<never> {
  if (error instanceof ServiceError) return refusal(service, 400, error.code, error.message);
  if (error instanceof Crash) {
    one.wire.onCrash();
    return new Promise<never>(() => {});
  }
  if (!(error instanceof CallFailure)) throw error;
  switch (error.kind) {
    case "throttle":
      return refusal(service, service === "s3" ? 503 : 400, throttles[service] ?? "ThrottlingException", "Rate exceeded");
    case "5xx":
      return refusal(service, 500, "InternalServerError", "Internal server error");
    case "denied":
      return refusal(service, service === "s3" ? 403 : 400, denials[service] ?? "AccessDeniedException", "User is not authorized");
    case "timeout":
      return unanswered(one);
    case "response lost":
      return Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
  }
}

/** Ends an unanswered try as the SDK does: by timeout or signal, or never without either. */
function unanswered({ wire, patience, abortSignal }: Try): Promise<never> {
  for (let left = patience; left > 0;) {
    const waited = wire.onSilence(left);
    if (abortSignal?.aborted) return Promise.reject(aborted());
    if (waited === Infinity) return new Promise<never>(() => {});
    left -= waited;
  }
  return Promise.reject(Object.assign(new Error(`A request took longer than ${patience} ms`), { name: "TimeoutError" }));
}

const aborted = () => Object.assign(new Error("Request aborted"), { name: "AbortError" });

const throttles: Record<string, string> = { dynamodb: "ProvisionedThroughputExceededException", s3: "SlowDown" };
const denials: Record<string, string> = { s3: "AccessDenied" };

function refusal(service: string, status: number, code: string, message: string): object {
  const text =
    service === "s3" ? `<Error><Code>${code}</Code><Message>${message}</Message></Error>` : JSON.stringify({ __type: code, message });
  return response(status, text);
}

function response(statusCode: number, body: string | Uint8Array): object {
  const bytes = Buffer.from(body);
  const headers = { "content-type": "application/x-amz-json-1.0", "content-length": String(bytes.length) };
  return { response: { statusCode, headers, body: Readable.from([bytes]) } };
}
