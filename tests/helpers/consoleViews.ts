/** Makes sources, destinations and checks for tests of the console's page. */
import type * as api from "../../cli/console/api";

const ago = (now: number, minutes: number) => new Date(now - minutes * 60_000).toISOString();

/** Makes sources; the last has no secret yet. */
export function sourceViews(names: readonly string[], { stack }: api.Session, now: number): api.SourceView[] {
  return names.map((name, index) => {
    const secrets = index === 1 ? 2 : index === 3 ? 0 : 1;
    return {
      name,
      provider: name,
      url:
        stack === null
          ? `http://127.0.0.1:3000/webhook/${name}`
          : `https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/webhook/${name}`,
      secrets,
      since: secrets === 0 ? null : ago(now, 9_000 * (index + 1)),
      command: `npx webhook-pipeline secrets set ${name}${stack === null ? "" : ` --stack ${stack}`}`,
    };
  });
}

const reasons = ["signature mismatch", "stale", "unknown source", "signature missing", "body too large"];

/** Makes refused requests, newest first. */
export function refusedRequests(now: number): api.RefusedRequest[] {
  return reasons.map((reason, index) => ({
    at: ago(now, 3 + index * 41),
    source: ["stripe", "paypal", "acme", "github", "shopify"][index],
    status: [401, 401, 404, 401, 413][index],
    reason,
    sourceIp: index === 2 ? null : `203.0.113.${10 + index}`,
  }));
}

/** Makes the destinations of a session; those in `paused` are, each for its reason. */
export function destinationViews(
  { destinations }: api.Session,
  paused: ReadonlyMap<string, string | undefined>,
  now: number,
): api.DestinationView[] {
  return destinations.map(({ name, type }, index) => {
    const reason = paused.get(name);
    const isPaused = paused.has(name);
    const isPosted = type === "https";
    return {
      name,
      type,
      state: isPosted ? (isPaused ? "paused" : "delivering") : "polled",
      waiting: [3, 212, 41][index] ?? 0,
      inFlight: [8, 0, 2][index] ?? 0,
      deadLetters: [2, 0, 0][index] ?? 0,
      ...(isPaused && { paused: { by: "operator", since: ago(now, 34), ...(reason !== undefined && { reason }) } }),
      ...(isPosted && { oldestUndelivered: ago(now, 47 + index * 90) }),
      settings: isPosted
        ? {
            url: `https://${name}.example.com/hooks`,
            payload: "normalized",
            timeoutSeconds: 10,
            maxConcurrency: 10,
            retryHours: 24,
            auth: "none",
            kinds: ["payment.succeeded", "refund"],
          }
        : { queueUrl: `https://sqs.example.com/webhook-destination-${name}` },
    };
  });
}

/** Makes the checks. */
export function healthOf(isEmpty: boolean, { place }: api.Session, now: number): api.Health {
  if (isEmpty) return { checks: [], missing: [] };
  const quiet = ["api-5xx", "api-latency", "receiver-errors", "processor-errors", "reconciler-silent", "destination-behind"];
  return {
    checks: [
      {
        name: "pipe",
        state: "ok",
        detail: "RUNNING: new events flow from the table to the workflow.",
        since: ago(now, 8_000),
        runbook: null,
      },
      ...quiet.map((name) => ({ name, state: "ok" as const, detail: "No alarm.", since: ago(now, 2_000), runbook: name })),
      {
        name: "dead-letters",
        state: "alarm",
        detail: "The dead-letter queue has 24 messages.",
        since: ago(now, 52),
        runbook: "dead-letters",
      },
      {
        name: "signature-failures",
        state: "unknown",
        detail: "Too few data in the last hour.",
        since: null,
        runbook: "signature-failures",
      },
    ],
    missing:
      place === "AWS"
        ? [{ permission: "cloudwatch:GetMetricData", for: "Refused requests of the last 24 hours, on the page Sources." }]
        : [],
  };
}
