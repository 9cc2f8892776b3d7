import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { ProviderName } from "../../contract";
import { createSigning, sign, type SecretValues, type Signing } from "../../local/signing";
import type { WebhookRequest } from "../../handlers/request";

/** One set of signing keys for all tests of a file: making a certificate takes a while. */
export const urls: Record<ProviderName, string> = {
  stripe: "https://example.com/webhook/stripe",
  square: "https://example.com/webhook/square",
  paypal: "https://example.com/webhook/paypal",
};

export function testSigning(): Promise<{ signing: Signing; secrets: SecretValues }> {
  return createSigning(urls);
}

/** What API Gateway hands to the receiver for this body, signed as the provider signs it. */
export function signedEvent(provider: ProviderName, body: Buffer, signing: Signing, now = new Date()): APIGatewayProxyEvent {
  return apiEvent(provider, body.toString("utf8"), sign(provider, body, signing, now));
}

export function apiEvent(provider: string, body: string, headers: Record<string, string>, changes: object = {}): APIGatewayProxyEvent {
  const event = {
    body,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    isBase64Encoded: false,
    pathParameters: { provider },
    requestContext: { requestId: "request-1", identity: { sourceIp: "192.0.2.1" } },
    ...changes,
  };
  return event as unknown as APIGatewayProxyEvent;
}

/** What Lambda tells a handler of its invocation. */
export const lambdaContext = {
  awsRequestId: "invocation-1",
  functionName: "webhook-test",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:webhook-test",
  memoryLimitInMB: "512",
} as Context;

/** A request as a provider's `verify` sees it. */
export function webhookRequest(provider: ProviderName, body: Buffer, headers: Record<string, string>): WebhookRequest {
  return { provider, body, headers };
}

/** Everything that is written to standard output and error meanwhile: log lines and metrics. */
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
