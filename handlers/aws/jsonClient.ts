import { Sha256 } from "@smithy/core/checksum";
import { loadJsonRpcErrorCode } from "@smithy/core/protocols";
import { isServerError, isThrottlingError, isTransientError, StandardRetryStrategy } from "@smithy/core/retry";
import { HttpRequest } from "@smithy/core/transport";
import { NodeHttpHandler, streamCollector } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import type { clientOptions } from "./clientOptions";
import { requiredVariable } from "./environment";
import { untilAborted } from "./deadline";
import { jsonText } from "./jsonText";

/** Service with AWS's JSON protocol. */
interface Service {
  /** Its name in X-Ray, and in the names of the SDK's clients. */
  name: string;
  /** First part of its host name, and its name in signatures. */
  id: string;
  /** First part of the header `X-Amz-Target`. */
  target: string;
  /** Version of the protocol, as in the media type. */
  version: "1.0" | "1.1";
  /** Milliseconds of the first wait before another try, as in the SDK: on average half of it, and twice as long each time. */
  baseDelay: number;
}

/** Call: a command's input, with its operation. `Output` is what the service answers. */
export interface JsonCommand<Output extends object = object> {
  readonly operation: string;
  readonly input: object;
  /** Exists in types only. */
  readonly output?: Output;
}

/** What is known of an answer beside its content. X-Ray's library reads it. */
interface Metadata {
  httpStatusCode: number;
  requestId: string | undefined;
  /** Number of tries. */
  attempts?: number;
}

/** Error that a service answered, with the name and the message that it gave. */
export class ServiceError extends Error {
  constructor(
    name: string,
    message: string,
    readonly $metadata: Metadata,
  ) {
    super(message);
    this.name = name;
  }
}

type SdkError = Parameters<typeof isThrottlingError>[0];

interface Answer {
  response: { statusCode: number; headers: Record<string, string> };
  output: { $metadata: Metadata };
}
/** Wraps a call, as the SDK's middleware does. X-Ray's library is one. */
type Middleware = (next: () => Promise<Answer>, context: object) => (args: object) => Promise<Answer>;

/**
 * Calls one of AWS's JSON services. Signature, connection, timeouts and retries are those of the SDK, by its own packages. It leaves out the
 * SDK's models, endpoint rules and middleware, which take more than half of the CPU time of a put, and most of the code that a container
 * loads before its first event (docs/performance.md). Credentials and region are those that Lambda sets in the environment.
 */
export class JsonClient {
  readonly config;
  /** As much of the SDK's as X-Ray's library uses, and what Powertools checks before it adds its name to the user agent. */
  readonly middlewareStack = {
    identify: () => [],
    addRelativeTo: () => undefined,
    remove: () => (this.#middleware = undefined),
    use: (plugin: { applyToStack(stack: object): void }) =>
      plugin.applyToStack({ add: (middleware: Middleware) => (this.#middleware = middleware) }),
  };
  readonly #service: Service;
  readonly #signer: SignatureV4;
  #middleware: Middleware | undefined;
  #endpoint: URL | undefined;

  /** @param endpoint URL of a stand-in; absent: that of `AWS_ENDPOINT_URL`, else AWS's own */
  constructor(service: Service, { requestHandler, maxAttempts, endpoint }: typeof clientOptions & { endpoint?: string }) {
    this.#service = service;
    this.#endpoint = endpoint === undefined ? undefined : new URL(endpoint);
    const strategy = new StandardRetryStrategy({ maxAttempts, baseDelay: service.baseDelay });
    this.config = {
      requestHandler: new NodeHttpHandler(requestHandler),
      credentials: credentialsOfLambda,
      region: () => Promise.resolve(requiredVariable("AWS_REGION")),
      retryStrategy: () => Promise.resolve(strategy),
    };
    const credentials = () => this.config.credentials();
    this.#signer = new SignatureV4({ service: service.id, region: this.config.region, credentials, sha256: Sha256 });
  }

  /**
   * Makes a call, with retries.
   * @throws ServiceError if the service refuses it; the connection's error, or AbortError, if there is no answer
   */
  async send<Output extends object>(
    { operation, input }: JsonCommand<Output>,
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ): Promise<Output> {
    const body = jsonText(input);
    const call = () => this.#withRetries(operation, body, abortSignal);
    const context = { clientName: `${this.#service.name}Client`, commandName: `${operation}Command` };
    const { output } = await (this.#middleware?.(call, context)({ input, request: { headers: {} } }) ?? call());
    return output as unknown as Output;
  }

  /** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
  async #withRetries(operation: string, body: string, abortSignal: AbortSignal | undefined): Promise<Answer> {
    const strategy = await this.config.retryStrategy();
    let token = await strategy.acquireInitialRetryToken("");
    for (;;)
      try {
        const answer = await this.#call(operation, body, abortSignal);
        strategy.recordSuccess(token);
        answer.output.$metadata.attempts = token.getRetryCount() + 1;
        return answer;
      } catch (error) {
        const waited = strategy
          .refreshRetryTokenForRetry(token, { error: error as SdkError, errorType: typeOf(error as SdkError) })
          .catch(() => undefined);
        const refreshed = await untilAborted(waited, abortSignal);
        if (error instanceof ServiceError) error.$metadata.attempts = token.getRetryCount() + 1;
        if (!refreshed) throw error;
        token = refreshed;
      }
  }

  async #call(operation: string, body: string, abortSignal: AbortSignal | undefined): Promise<Answer> {
    const signed = (await this.#signer.sign(this.#request(operation, body))) as HttpRequest;
    const { response } = await this.config.requestHandler.handle(signed, { abortSignal });
    const text = Buffer.from(await streamCollector(response.body)).toString("utf8");
    const { statusCode } = response;
    const $metadata: Metadata = { httpStatusCode: statusCode, requestId: response.headers["x-amzn-requestid"] };
    if (statusCode >= 300) throw errorIn(text, response, $metadata);
    return { response, output: { ...(JSON.parse(text || "{}") as object), $metadata } };
  }

  #request(operation: string, body: string): HttpRequest {
    const { target, version } = this.#service;
    const { protocol, hostname, port, host } = (this.#endpoint ??= this.#endpointOf());
    const headers = {
      host,
      "content-type": `application/x-amz-json-${version}`,
      "content-length": String(Buffer.byteLength(body)),
      "x-amz-target": `${target}.${operation}`,
    };
    return new HttpRequest({ protocol, hostname, port: port ? Number(port) : undefined, method: "POST", path: "/", headers, body });
  }

  /** @see https://docs.aws.amazon.com/general/latest/gr/rande.html */
  #endpointOf(): URL {
    const region = requiredVariable("AWS_REGION");
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return new URL(process.env.AWS_ENDPOINT_URL ?? `https://${this.#service.id}.${region}.${domain}`);
  }
}

/** Returns the credentials that Lambda sets. They stay the same as long as the container lives. */
function credentialsOfLambda() {
  const accessKeyId = requiredVariable("AWS_ACCESS_KEY_ID");
  const secretAccessKey = requiredVariable("AWS_SECRET_ACCESS_KEY");
  return Promise.resolve({ accessKeyId, secretAccessKey, sessionToken: process.env.AWS_SESSION_TOKEN });
}

/** Classifies an error as the SDK does: only throttling and transient ones are tried again. */
function typeOf(error: SdkError) {
  if (isThrottlingError(error)) return "THROTTLING";
  if (isTransientError(error)) return "TRANSIENT";
  return isServerError(error) ? "SERVER_ERROR" : "CLIENT_ERROR";
}

/** Returns the error in an answer. A proxy's page is none of the service's JSON. */
function errorIn(text: string, response: Answer["response"], $metadata: Metadata): ServiceError {
  let fields: { message?: string; Message?: string } = {};
  try {
    fields = JSON.parse(text) as typeof fields;
  } catch {
    // The status alone tells what happened.
  }
  const name = loadJsonRpcErrorCode(response as never, fields) ?? "Unknown";
  return new ServiceError(name, fields.message ?? fields.Message ?? "UnknownError", $metadata);
}
