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
  headers: Record<string, string>;
  body: string;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
async function handle({ headers, body }: Request, wire: Wire): Promise<object> {
  const [service, operation] = headers["x-amz-target"].split(".");
  try {
    return response(200, await wire.answer(`${services[service]}:${operation}`, JSON.parse(body) as Record<string, unknown>));
  } catch (error) {
    return failed(error, services[service], wire);
  }
}

function failed(error: unknown, service: string, wire: Wire): object | Promise<never> {
  if (error instanceof ServiceError) return response(400, { __type: error.code, message: error.message });
  if (error instanceof Crash) {
    wire.onCrash();
    return new Promise<never>(() => {});
  }
  if (!(error instanceof CallFailure)) throw error;
  const throttled = service === "dynamodb" ? "ProvisionedThroughputExceededException" : "ThrottlingException";
  switch (error.kind) {
    case "throttle":
      return response(400, { __type: throttled, message: "Rate exceeded" });
    case "5xx":
      return response(500, { __type: "InternalServerError", message: "Internal server error" });
    case "denied":
      return response(400, { __type: "AccessDeniedException", message: "User is not authorized to perform this action" });
    case "timeout":
      wire.onTimeout();
      return Promise.reject(Object.assign(new Error("Connection timed out"), { name: "TimeoutError" }));
    case "answer lost":
      return Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
  }
}

function response(statusCode: number, body: object): object {
  return { response: { statusCode, headers: { "content-type": "application/x-amz-json-1.0" }, body: Buffer.from(JSON.stringify(body)) } };
}
