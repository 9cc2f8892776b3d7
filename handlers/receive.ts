import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { Metric } from "../contract";
import { dynamodb, secretsManager } from "./clients";
import { acceptsProvider, credentialsOf } from "./credentials";
import { Refusal, safeDescription } from "./errors";
import { isObject } from "./providers/json";
import { findProvider } from "./providers";
import type { Identity, Json, Provider } from "./providers/types";
import { parseRequest, type WebhookRequest } from "./request";
import { storeOnce } from "./store";
import { count, countSignatureFailure, identifyEverywhere, logger, metrics, traced } from "./telemetry";

/** Longest ids and types that are taken; DynamoDB's own limit for a key is 2,048 bytes. */
const maximumIdLength = 512;
const maximumTypeLength = 256;

/**
 * Receives one webhook: raw body → signature → id → conditional put. The answer is 202 only after the event is stored,
 * now or by an earlier delivery of it, and carries the same transaction id every time.
 */
export async function handler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  logger.resetKeys();
  logger.addContext(context);
  logger.appendKeys({ apiRequestId: event.requestContext.requestId });
  try {
    return await traced("receive", async () => accept(event, new Date()));
  } catch (error) {
    return refuse(event, error);
  } finally {
    metrics.publishStoredMetrics();
  }
}

async function accept(event: APIGatewayProxyEvent, now: Date): Promise<APIGatewayProxyResult> {
  const name = event.pathParameters?.provider ?? "";
  const provider = findProvider(name);
  if (!provider || !acceptsProvider(name)) throw new Refusal("unknown_provider", "no such provider");

  const request = parseRequest(event);
  await provider.verify(request, await credentialsOf(secretsManager, name, provider, now), now);
  const identity = identify(request, provider);
  const transactionId = `${name}#${identity.eventId}`;
  identifyEverywhere(name, transactionId);

  const outcome = await storeOnce(dynamodb, { transactionId, provider: name, identity, request, keptHeaders: provider.keptHeaders }, now);
  count(outcome === "stored" ? Metric.accepted : Metric.duplicate);
  logger.info("Accepted", { outcome, eventType: identity.eventType });
  return answer(202, { transactionId });
}

/** @throws Refusal malformed */
function identify({ body }: WebhookRequest, provider: Provider): Identity {
  const event = parseJson(body);
  const identity = event && provider.identify(event);
  if (!identity) throw new Refusal("malformed", "no event id");
  if (identity.eventId.length > maximumIdLength || identity.eventType.length > maximumTypeLength)
    throw new Refusal("malformed", "event id too long");
  return identity;
}

function parseJson(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isObject(value) && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** The sender learns the code's message only; which check failed goes to the log and, for signatures, to a metric. */
function refuse(event: APIGatewayProxyEvent, error: unknown): APIGatewayProxyResult {
  const refusal = error instanceof Refusal ? error : new Refusal("unavailable", "unexpected error");
  const known = findProvider(event.pathParameters?.provider ?? "");
  const provider = known ? event.pathParameters!.provider! : "unknown";
  if (refusal.code === "signature") countSignatureFailure(provider, refusal.reason);
  const line = { provider, code: refusal.code, reason: refusal.reason, sourceIp: event.requestContext.identity.sourceIp };
  if (refusal === error) logger.warn("Refused", line);
  else logger.error("Refused", { ...line, cause: safeDescription(error) });
  const retry: Record<string, string> = refusal.status === 503 ? { "Retry-After": "30" } : {};
  return answer(refusal.status, { error: refusal.code, message: refusal.publicMessage, requestId: event.requestContext.requestId }, retry);
}

function answer(statusCode: number, body: object, headers: Record<string, string> = {}): APIGatewayProxyResult {
  return { statusCode, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}
