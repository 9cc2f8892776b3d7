import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { Metric } from "../domain/metrics";
import { sourceAt } from "../domain/paths";
import { parseBody } from "./request/body";
import { receiverDynamodb } from "./aws/receiverDynamodb";
import { secretsManager } from "./aws/secretsManager";
import { credentialsOf, lacksSecret, readChangedCredentials } from "./credentials";
import { withDeadline } from "./aws/deadline";
import { Refusal, safeDescription } from "./errors";
import { matchesType } from "./request/eventFilter";
import { isInCidrs } from "./request/allowedCidrs";
import { splitItems } from "./request/items";
import type { Acknowledgment, Answer, Identity, Provider } from "./sources/lib/types";
import type { Json } from "./request/json";
import { parseRequest, requestWithoutBody, type WebhookRequest } from "./request/request";
import { findSource, type ConfiguredSource } from "./configuredSources";
import { keepToken } from "./events/handshakes";
import { storeOnce, type NewEvent } from "./events/store";
import { beginLog, count, countSignatureFailure, identifyEverywhere, logger, logOutcome, publishMetrics } from "./aws/telemetry";
import { isUsable } from "./events/texts";
import { traced } from "./aws/tracing";

/** Milliseconds after which the receiver answers 503 instead of keeping a source waiting: time for three tries of one call. */
const answerWithinMs = 10_000;
/** Most characters of IDs and types. DynamoDB's limit for a key is 2,048 bytes. */
const maximumIdLength = 512;
const maximumTypeLength = 256;

/** Most bytes of a body that is parsed without a signature, to see whether it is a handshake. */
const largestHandshake = 4_096;
/** Keeps a browser from reading a returned text as a page. */
const noSniffing = { "X-Content-Type-Options": "nosniff" };

/** Reasons of refusals that another value of the secret can end. */
const reasonsOfSecrets = ["mismatch", "audience", "claim", "digest", "topic"];

/** Items of a delivery that are stored at the same time. */
const itemsAtOnce = 10;

/** Metric by the outcome of a verified event. */
const metricByOutcome = {
  stored: Metric.accepted,
  duplicate: Metric.duplicate,
  filtered: Metric.filtered,
  "test ignored": Metric.testsIgnored,
} as const;

/**
 * Receives one webhook: raw body → signature → ID → conditional put. The receiver acknowledges an event only if it is stored, now or by an
 * earlier delivery, and with the same transaction ID every time.
 */
export async function handler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  beginLog(context);
  logger.appendKeys({ apiRequestId: event.requestContext.requestId });
  let source: ConfiguredSource | undefined;
  try {
    source = requireSource(event);
    return await withDeadline(context, () => traced("receive", async () => accept(event, source!, new Date())), answerWithinMs);
  } catch (error) {
    return refuse(event, source, error);
  } finally {
    publishMetrics();
  }
}

/**
 * Returns the source of the route that API Gateway matched: without the stage or a host name's prefix, and with nothing from the request
 * itself.
 * @throws Refusal unknown_source
 */
function requireSource({ resource }: APIGatewayProxyEvent): ConfiguredSource {
  const name = sourceAt(resource);
  const source = name === undefined ? undefined : findSource(name);
  if (!source) throw new Refusal("unknown_source", "no such source");
  return source;
}

async function accept(event: APIGatewayProxyEvent, source: ConfiguredSource, now: Date): Promise<APIGatewayProxyResult> {
  const { provider, settings } = source;
  if (settings.allowedCidrs && !isInCidrs(event.requestContext.identity.sourceIp, settings.allowedCidrs))
    throw new Refusal("forbidden", "network");

  if (event.httpMethod !== "POST") return answerCheck(provider, requestWithoutBody(event));
  const request = parseRequest(event, provider.mediaTypes, provider.readAs);
  const unsigned =
    provider.answerUnsigned && request.body.length <= largestHandshake
      ? provider.answerUnsigned(parseBody(request.body, request.mediaType, provider.jsonField), request)
      : undefined;
  if (unsigned && (await isAnswered(unsigned, source, now))) return answerWith(unsigned, noSniffing);
  const credentials = await verify(request, source, now);
  const parsed = parseBody(request.body, request.mediaType, provider.jsonField);
  const otherAnswer = parsed && provider.answerTo?.(parsed, request, credentials, now);
  if (otherAnswer) return answerWith(otherAnswer);

  const itemsPath = request.mediaType === "json" ? provider.itemsPath : undefined;
  const whole = () => request.body;
  const bodies = (parsed && itemsPath && splitItems(request.body, itemsPath)) ?? [whole];
  // All, before any is stored: a delivery with an item that cannot be an event is refused as a whole.
  const events = bodies.map((bodyOf) =>
    identified(source, { ...request, body: bodyOf() }, bodyOf, now, bodyOf === whole ? parsed : undefined),
  );
  for (let next = 0; next < events.length; next += itemsAtOnce)
    await Promise.all(events.slice(next, next + itemsAtOnce).map((one) => acceptEvent(one, source, request, now)));
  return acknowledge(
    events.map(({ transactionId }) => transactionId),
    provider.acknowledgment,
  );
}

/** Event with its identity, without its body: there may be many. */
interface IdentifiedEvent extends Pick<NewEvent, "transactionId" | "identity"> {
  bodyOf: () => Buffer;
  /** Why it is not stored; absent: it is. */
  outcome: ReturnType<typeof whyNotStored>;
}

/** Identifies an event. @throws Refusal malformed, if it has no usable identity */
function identified(
  source: ConfiguredSource,
  request: WebhookRequest,
  bodyOf: () => Buffer,
  now: Date,
  known: Json | undefined,
): IdentifiedEvent {
  const parsed = known ?? parseBody(request.body, request.mediaType, source.provider.jsonField);
  const identity = identify(request, parsed, source.provider, now);
  const transactionId = `${source.name}#${identity.eventId}`;
  identifyEverywhere(source.name, transactionId);
  return { transactionId, identity, bodyOf, outcome: whyNotStored(source, identity, parsed!, request) };
}

/**
 * Keeps the token of an unsigned request for an operator. @returns false if the source has a secret, which a stranger's token must not touch
 * @throws Refusal unavailable
 */
async function isAnswered({ token }: Answer, source: ConfiguredSource, now: Date): Promise<boolean> {
  if (token === undefined) return true;
  if (!(await lacksSecret(secretsManager, source, now))) return false;
  await keepToken(receiverDynamodb, source.name, token, now);
  return true;
}

/** Answers the GET or HEAD by which a provider checks a URL. @throws Refusal unknown_source, if it checks none in this way */
function answerCheck(provider: Provider, request: WebhookRequest): APIGatewayProxyResult {
  if (request.method === "HEAD" && provider.answersHead) return { statusCode: 200, headers: {}, body: "" };
  const answer = request.method === "GET" ? provider.answerUnsigned?.(undefined, request) : undefined;
  if (!answer) throw new Refusal("unknown_source", "no challenge");
  return answerWith(answer, noSniffing);
}

/** Stores an event, unless it is filtered. */
async function acceptEvent(event: IdentifiedEvent, source: ConfiguredSource, request: WebhookRequest, now: Date): Promise<void> {
  const { transactionId, identity, bodyOf } = event;
  const stored = () => storeOnce(receiverDynamodb, { transactionId, source, identity, request: { ...request, body: bodyOf() } }, now);
  const outcome = event.outcome ?? (await stored());
  count(metricByOutcome[outcome]);
  logOutcome("Accepted", { transactionId, outcome, eventType: identity.eventType });
}

/** Returns why a verified event is not stored; `undefined` if it is stored. */
function whyNotStored({ provider, settings }: ConfiguredSource, identity: Identity, parsed: Json, request: WebhookRequest) {
  if (settings.events && !matchesType(identity.eventType, settings.events)) return "filtered";
  const ignored = settings.testEvents === "ignore" && provider.originOf?.(parsed, request).test;
  return ignored ? "test ignored" : undefined;
}

/**
 * Verifies a request with the cached credentials, and once more if the secret has changed.
 * @returns the credentials, one of which has signed
 * @throws Refusal signature, unavailable
 */
async function verify(request: WebhookRequest, source: ConfiguredSource, now: Date): Promise<readonly unknown[]> {
  const { provider } = source;
  try {
    const credentials = await credentialsOf(secretsManager, source, now);
    await provider.verify(request, credentials, now);
    return credentials;
  } catch (error) {
    const isBySecret = error instanceof Refusal && reasonsOfSecrets.includes(error.reason);
    const renewed = isBySecret ? await readChangedCredentials(secretsManager, source, now) : undefined;
    if (!renewed) throw error;
    await provider.verify(request, renewed, now);
    return renewed;
  }
}

/** Returns the event's identity. @throws Refusal malformed, if it is missing or unusable */
function identify(request: WebhookRequest, event: Json | undefined, provider: Provider, now: Date): Identity {
  const identity = event && provider.identify(event, request, now);
  if (!identity) throw new Refusal("malformed", "no event id");
  if (!isUsable(identity.eventId, maximumIdLength)) throw new Refusal("malformed", "event id");
  if (!isUsable(identity.eventType, maximumTypeLength)) throw new Refusal("malformed", "event type");
  return identity;
}

/** Answers a refused request. The source learns only the code's message; the failed check goes to the log and, for signatures, to a metric. */
function refuse({ requestContext }: APIGatewayProxyEvent, configured: ConfiguredSource | undefined, error: unknown): APIGatewayProxyResult {
  const source = configured?.name ?? "unknown";
  const refusal = error instanceof Refusal ? error : new Refusal("unavailable", "unexpected error");
  if (refusal.code === "signature") countSignatureFailure(source, refusal.reason);
  if (refusal.code === "forbidden") count(Metric.networkRefusals);
  const line = { source, code: refusal.code, reason: refusal.reason, sourceIp: requestContext.identity.sourceIp };
  if (refusal === error) logger.warn("Refused", line);
  else logger.error("Refused", { ...line, cause: safeDescription(error) });
  const retry: Record<string, string> = refusal.status === 503 ? { "Retry-After": "30" } : {};
  const body = configured?.provider.refusalBody;
  if (body !== undefined) return answerWith({ status: refusal.status, body: { contentType: "text/plain", text: body } }, retry);
  return answer(refusal.status, { error: refusal.code, message: refusal.publicMessage, requestId: requestContext.requestId }, retry);
}

/**
 * Acknowledges the events of a delivery. If the provider expects its own body, only the header holds the transaction ID, percent-encoded
 * because it may contain any character. Of several, the header holds the first, and `transactionIds` all, in their order.
 */
function acknowledge(transactionIds: readonly string[], { status, body }: Acknowledgment): APIGatewayProxyResult {
  const [transactionId] = transactionIds;
  const headers: Record<string, string> = transactionId === undefined ? {} : { "X-Transaction-Id": encodeURIComponent(transactionId) };
  if (body) return answerWith({ status, body }, headers);
  return answer(status, transactionIds.length === 1 ? { transactionId } : { transactionIds }, headers);
}

function answer(statusCode: number, body: object, headers: Record<string, string> = {}): APIGatewayProxyResult {
  return answerWith({ status: statusCode, body: { contentType: "application/json", text: JSON.stringify(body) } }, headers);
}

function answerWith({ status, body }: Answer, headers: Record<string, string> = {}): APIGatewayProxyResult {
  return { statusCode: status, headers: { "Content-Type": body.contentType, ...headers }, body: body.text };
}
