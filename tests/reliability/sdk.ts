import { Readable } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CallFailure, Crash } from "./faults";
import { ServiceError } from "./services";

/** An AWS call as it leaves the SDK: `dynamodb:PutItem`, and its parameters. */
export type Answerer = (action: string, parameters: Record<string, unknown>) => Promise<object>;

export interface Wire {
  answer: Answerer;
  /** Told of each retry of the SDK's own, and of the milliseconds that it waits before. */
  onRetry: (delay: number) => void;
  /** Milliseconds that a try takes which nobody answers. */
  onTimeout: () => void;
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
  Object.assign(client.config, {
    requestHandler: { metadata: { handlerProtocol: "http/1.1" }, handle: (request: Request) => handle(request, wire()) },
    credentials: () => Promise.resolve({ accessKeyId: "simulated", secretAccessKey: "simulated" }),
  });
  const strategy = (await client.config.retryStrategy()) as unknown as { retryBackoffStrategy: Backoff };
  Object.assign(client.config, { retryStrategy: () => Promise.resolve(withoutWaiting(strategy, wire)) });
}

/** The client's own decisions, each call with all its tokens; the waiting is counted, and left out. */
function withoutWaiting(strategy: { retryBackoffStrategy: Backoff }, wire: () => Wire): object {
  const { retryBackoffStrategy: backoff } = strategy;
  const computeNextBackoffDelay = (retries: number) => {
    wire().onRetry(backoff.computeNextBackoffDelay(retries));
    return 0;
  };
  const setDelayBase = (milliseconds: number) => backoff.setDelayBase(milliseconds);
  return Object.assign(Object.create(strategy) as object, { retryBackoffStrategy: { setDelayBase, computeNextBackoffDelay } });
}

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

function handle(request: Request, wire: Wire): Promise<object> {
  return request.headers["x-amz-target"] === undefined ? handleObject(request, wire) : handleJson(request, wire);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
async function handleJson({ headers, body }: Request, wire: Wire): Promise<object> {
  const [service, operation] = headers["x-amz-target"].split(".");
  try {
    const answer = await wire.answer(`${services[service]}:${operation}`, JSON.parse(String(body)) as Record<string, unknown>);
    return response(200, JSON.stringify(answer));
  } catch (error) {
    return failed(error, services[service], wire);
  }
}

/** S3 says what is done by method and path, and why it is not in XML. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
async function handleObject({ method, path, body }: Request, wire: Wire): Promise<object> {
  try {
    const answer = await wire.answer(`s3:${method === "PUT" ? "PutObject" : "GetObject"}`, { key: path.replace(/^\//, ""), body });
    return response(200, (answer as { Body?: Uint8Array }).Body ?? "");
  } catch (error) {
    return failed(error, "s3", wire);
  }
}

function failed(error: unknown, service: string, wire: Wire): object | Promise<never> {
  if (error instanceof ServiceError) return refusal(service, 400, error.code, error.message);
  if (error instanceof Crash) {
    wire.onCrash();
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
      wire.onTimeout();
      return Promise.reject(Object.assign(new Error("Connection timed out"), { name: "TimeoutError" }));
    case "answer lost":
      return Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
  }
}

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
