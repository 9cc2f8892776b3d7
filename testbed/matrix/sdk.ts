import { Readable } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NodeHttpHandlerOptions } from "@smithy/types";
import { CallFailure, Crash } from "./faults";
import { ServiceError } from "./services";

/** An AWS call as it leaves the SDK: `dynamodb:PutItem`, and its parameters. */
export type Answerer = (action: string, parameters: Record<string, unknown>) => Promise<object>;

export interface Wire {
  answer: Answerer;
  /** Told of each retry of the SDK's own, and of the milliseconds that it waits before. */
  onRetry: (delay: number) => void;
  /** Lets a try wait which nobody answers, for so many milliseconds (`Infinity`, if nothing ends it) or until something happens.
   * @returns for how many it waited */
  onSilence: (milliseconds: number) => number;
  /** Ends the caller; the call is never answered. */
  onCrash: () => void;
}

type Client = Pick<DynamoDBClient, "config">;

/** The part of the SDK's standard strategy that says how long to wait. */
interface Backoff {
  setDelayBase(milliseconds: number): void;
  computeNextBackoffDelay(retries: number): number;
}

const services: Record<string, string> = { DynamoDB_20120810: "dynamodb", AmazonSQS: "sqs", secretsmanager: "secretsmanager" };

/** Puts the simulation in the place of AWS behind an SDK client: everything above the wire, the retries included, is the client's own. */
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

/** Tells how a client of the SDK ends its requests, as the client itself has it: it is read with its first one, which is ended before it begins. */
export async function requestOptionsOf({ config }: { config: object }): Promise<NodeHttpHandlerOptions> {
  const handler = (config as { requestHandler: RequestHandler }).requestHandler;
  await handler.handle({ protocol: "https:", headers: {} }, { abortSignal: AbortSignal.abort() }).catch(() => undefined);
  return handler.httpHandlerConfigs();
}

/** Returns the client's own decisions, each call with all its tokens; the waiting is counted, and left out. */
function withoutWaiting(strategy: { retryBackoffStrategy: Backoff }, wire: () => Wire): object {
  const { retryBackoffStrategy: backoff } = strategy;
  const computeNextBackoffDelay = (retries: number) => {
    wire().onRetry(backoff.computeNextBackoffDelay(retries));
    return 0;
  };
  const setDelayBase = (milliseconds: number) => backoff.setDelayBase(milliseconds);
  return Object.assign(Object.create(strategy) as object, { retryBackoffStrategy: { setDelayBase, computeNextBackoffDelay } });
}

/** Milliseconds after which a client ends a try that nobody answers: `requestTimeout` alone is only logged by the SDK. */
function patienceOf({ requestTimeout, throwOnRequestTimeout, socketTimeout }: NodeHttpHandlerOptions): number {
  const ends = [throwOnRequestTimeout ? requestTimeout : undefined, socketTimeout];
  return Math.min(...ends.map((milliseconds) => milliseconds || Infinity));
}

/** A try: through which wire it goes, how long the client waits, and what may end it before. */
interface Try {
  wire: Wire;
  patience: number;
  abortSignal: AbortSignal | undefined;
}

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

async function handle(request: Request, one: Try): Promise<object> {
  if (one.abortSignal?.aborted) throw aborted();
  return request.headers["x-amz-target"] === undefined ? handleObject(request, one) : handleJson(request, one);
}

/**
 * Answers a call of the JSON protocol.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
async function handleJson({ headers, body }: Request, one: Try): Promise<object> {
  const [service, operation] = headers["x-amz-target"].split(".");
  try {
    const answer = await one.wire.answer(`${services[service]}:${operation}`, JSON.parse(String(body)) as Record<string, unknown>);
    return response(200, JSON.stringify(answer));
  } catch (error) {
    return failed(error, services[service], one);
  }
}

/** S3 says what is done by method and path, and why it is not in XML. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
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
    case "answer lost":
      return Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
  }
}

/** Waits as the SDK does: until something ends the try, or for ever. */
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
