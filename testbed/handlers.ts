import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { SourceSettings } from "../domain/sources";
import { webhookPath } from "../domain/paths";
import { mediaTypeOf } from "../handlers/request/body";
import type { WebhookRequest } from "../handlers/request/request";
import { localSources, type LocalSource } from "../local/sources";
import { createSigning, seal, sign, type SecretValues, type Signing } from "../local/signing";
import { sourcesFileVariable, writeSources } from "./sourcesFile";

const urls = Object.fromEntries(localSources.map((source) => [source, `https://example.com/webhook/${source}`])) as Record<
  LocalSource,
  string
>;

/** Creates signing keys. Share them among a file's tests: making a certificate takes a while. */
export function testSigning(): Promise<{ signing: Signing; secrets: SecretValues }> {
  return createSigning(urls);
}

/** Builds the receiver's event for a body, signed as the provider signs it. */
export function signedEvent(source: LocalSource, body: Buffer, signing: Signing, now = new Date()): APIGatewayProxyEvent {
  const sealed = seal(source, body, signing);
  return apiEvent(source, sealed.toString("utf8"), sign(source, sealed, signing, now));
}

export function apiEvent(provider: string, body: string, headers: Record<string, string>, changes: object = {}): APIGatewayProxyEvent {
  const event = {
    httpMethod: "POST",
    body,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    isBase64Encoded: false,
    resource: webhookPath(provider),
    requestContext: { requestId: "request-1", identity: { sourceIp: "192.0.2.1" } },
    ...changes,
  };
  return event as unknown as APIGatewayProxyEvent;
}

/** The context of an invocation, as Lambda passes it. */
export const lambdaContext = {
  awsRequestId: "invocation-1",
  functionName: "webhook-test",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:webhook-test",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => 30_000,
} as Context;

/** Builds a request as a provider's `verify` gets it. */
export function webhookRequest(body: Buffer, headers: Record<string, string>, query: Record<string, string> = {}): WebhookRequest {
  const mediaType = mediaTypeOf(headers["content-type"]) ?? "json";
  return { body, headers, mediaType, method: "POST", query, parameters: Object.entries(query) };
}

/** Captures standard output and error while something runs: log lines and metrics. */
export async function capturingOutput<T>(run: () => Promise<T>): Promise<{ result: T; output: string; lines: Record<string, unknown>[] }> {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams) stream.write = (chunk: string | Uint8Array) => chunks.push(String(chunk)) > 0;
  try {
    const result = await run();
    const output = chunks.join("");
    return { result, output, lines: output.split("\n").filter(Boolean).flatMap(asJson) };
  } finally {
    streams.forEach((stream, index) => (stream.write = originals[index]));
  }
}

function asJson(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}

/** Runs something with these sources configured. */
export async function withSettings<T>(settings: Record<string, SourceSettings>, run: () => Promise<T>): Promise<T> {
  return withSourcesFile(writeSources(settings), run);
}

/** Runs something with this file as the sources' settings; `undefined`: the file beside the code. */
export async function withSourcesFile<T>(file: string | undefined, run: () => Promise<T>): Promise<T> {
  const before = process.env[sourcesFileVariable];
  if (file === undefined) delete process.env[sourcesFileVariable];
  else process.env[sourcesFileVariable] = file;
  try {
    return await run();
  } finally {
    process.env[sourcesFileVariable] = before;
  }
}
