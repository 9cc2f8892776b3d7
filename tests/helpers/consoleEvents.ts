/** Makes the events that tests of the console look at: the same each time, spread over the last two days. */
import { errorCodeOf, type HistoryEntry } from "../../domain/history";
import type { Delivery } from "../../cli/destinations/deliveries";
import type { EventWithAmount } from "../../cli/events/list";
import type { ShownEvent } from "../../cli/events/shownEvent";

const minute = 60_000;
/** Milliseconds from receipt to the redrive of an event that failed again. */
const redrivenAfter = 41_000;
/** Time that separates two events at first; it grows with their age. */
const firstStep = 8_000;

/** What the events of a source are. */
interface Sender {
  source: string;
  id: (n: number) => string;
  types: readonly (readonly [type: string, kind: string, amount?: readonly [currency: string, exponent: number]])[];
}

const hex = (n: number, length: number) => ((n * 2_654_435_761) >>> 0).toString(16).padStart(length, "0").slice(0, length);

const senders: readonly Sender[] = [
  {
    source: "stripe",
    id: (n) => `evt_1Q${hex(n, 8)}KZvKYlo2C${hex(n * 7, 6)}`,
    types: [
      ["charge.succeeded", "payment.succeeded", ["EUR", 2]],
      ["payment_intent.payment_failed", "payment.failed", ["USD", 2]],
      ["charge.refunded", "refund", ["EUR", 2]],
      ["payout.paid", "payout", ["JPY", 0]],
    ],
  },
  {
    source: "github",
    id: (n) => `${hex(n, 8)}-9d2c-11ef-8f53-${hex(n * 3, 8)}a1b2`,
    types: [
      ["push", "other"],
      ["issues.opened", "other"],
      ["pull_request.closed", "other"],
    ],
  },
  {
    source: "paypal",
    id: (n) => `WH-${hex(n, 8).toUpperCase()}-${hex(n * 5, 8).toUpperCase()}`,
    types: [
      ["PAYMENT.CAPTURE.COMPLETED", "payment.succeeded", ["USD", 2]],
      ["CUSTOMER.DISPUTE.CREATED", "dispute", ["USD", 2]],
    ],
  },
  {
    source: "adyen",
    id: (n) => `${hex(n, 8).toUpperCase()}:AUTHORISATION:true`,
    types: [
      ["AUTHORISATION", "payment.authorized", ["KWD", 3]],
      ["CAPTURE", "payment.succeeded", ["EUR", 2]],
    ],
  },
  {
    source: "shopify",
    id: (n) => `${hex(n, 8)}-54c0-4e2b-b9c2-${hex(n * 11, 8)}f00d`,
    types: [
      ["orders/paid", "payment.succeeded", ["CAD", 2]],
      ["refunds/create", "refund", ["CAD", 2]],
    ],
  },
];

/** Errors of the failed events, each with what differs between two of them. */
const errors: readonly ((n: number) => string)[] = [
  (n) => `Unprocessable: The payload is not JSON: unexpected token at position ${(n * 37) % 900}.`,
  (n) => `Transient: connect ETIMEDOUT 10.0.${n % 4}.${n % 250}:443`,
  () => "Unprocessable: The amount has no currency.",
];

/** Makes the n-th newest event. */
function eventAt(n: number, now: number): EventWithAmount {
  const sender = senders[(n * 7 + (n % 3)) % senders.length];
  const [eventType, kind, unit] = sender.types[(n * 5) % sender.types.length];
  const received = now - 4_000 - n * firstStep - n * n * 900;
  const status = n === 0 ? "RECEIVED" : n === 3 || n === 41 ? "PROCESSING" : n % 17 === 5 ? "FAILED" : "PROCESSED";
  const isSettled = status === "FAILED" || status === "PROCESSED";
  return {
    transactionId: `${sender.source}#${sender.id(n + 1)}`,
    status,
    receivedAt: new Date(received).toISOString(),
    eventType,
    source: sender.source,
    kind: status === "PROCESSED" ? kind : undefined,
    attempts: status === "RECEIVED" ? 0 : n % 29 === 7 ? 2 : 1,
    requeuedAt: n % 29 === 7 ? new Date(received + 90_000).toISOString() : undefined,
    finishedAt: isSettled ? new Date(received + latencyOf(n)).toISOString() : undefined,
    error: status === "FAILED" ? errors[Math.floor(n / 17) % errors.length](n) : undefined,
    ...(unit && status === "PROCESSED" && { amount: { value: ((n * 7_919) % 250_000) + 99, currency: unit[0], exponent: unit[1] } }),
  };
}

/** Tells if the n-th newest event failed, was redriven, and failed again. */
const isRedriven = (n: number) => n % 34 === 5;

/** Milliseconds from receipt to the end. */
const latencyOf = (n: number) =>
  140 + ((n * 53) % 260) + (n % 29 === 7 ? 91_000 : 0) + (n % 17 === 5 ? 4_200 : 0) + (isRedriven(n) ? redrivenAfter : 0);

/** Makes events, newest first. One has an ID that tries to turn the direction of writing around. */
export function consoleEvents(count: number, now: number): EventWithAmount[] {
  const events = Array.from({ length: count }, (_, n) => eventAt(n, now));
  if (count > 12) events[12] = { ...events[12], eventType: "push\u202egnp.exe" };
  return events;
}

/** Tells if an event failed so late that it was redriven before. */
const isAgain = (received: number, finished: number) => finished - received > redrivenAfter && finished - received < minute;

/** Makes the history of a failed event: it failed, and perhaps was redriven and failed again. */
function historyOf(error: string, received: number, finished: number): Pick<ShownEvent, "requeuedAt" | "history"> {
  const at = (ms: number) => new Date(received + ms).toISOString();
  const last: HistoryEntry = { stage: "failed", at: new Date(finished).toISOString(), error: errorCodeOf(error) };
  if (!isAgain(received, finished)) return { history: [last] };
  const first: HistoryEntry = { ...last, at: at(4_180) };
  return { requeuedAt: at(redrivenAfter), history: [first, { stage: "redriven", at: at(redrivenAfter) }, last] };
}

/** Makes the details of an event that a list has. */
export function detailsOf(event: EventWithAmount): ShownEvent {
  const { transactionId, receivedAt, kind, amount, requeuedAt, finishedAt, error, ...rest } = event;
  const received = Date.parse(receivedAt);
  const at = (ms: number) => new Date(received + ms).toISOString();
  const claimed = requeuedAt ? Date.parse(requeuedAt) - received + 60 : 85;
  const isClaimed = event.status !== "RECEIVED";
  return {
    transactionId,
    ...rest,
    receivedAt,
    occurredAt: at(-1_240),
    ...(kind !== undefined && { kind }),
    ...(requeuedAt !== undefined && { requeuedAt, requeues: 1 }),
    ...(isClaimed && {
      claimedAt: at(finishedAt && isAgain(received, Date.parse(finishedAt)) ? redrivenAfter + 65 : claimed),
      claimedBy: `3f1c9a52-7d0e-4b7e-9a55-${transactionId.length}e21c77d0#0`,
    }),
    ...(event.status === "PROCESSING" && { leaseUntil: received + 6 * minute }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(error !== undefined && { error, ...historyOf(error, received, Date.parse(finishedAt!)) }),
    ...(kind !== undefined && {
      normalized: {
        transactionId,
        source: event.source,
        eventId: transactionId.slice(event.source.length + 1),
        eventType: event.eventType,
        kind: kind as "other",
        occurredAt: at(-1_240),
        test: event.source === "stripe",
        ...(amount && { amount, paymentReference: "pi_3Q8TqKZvKYlo2C0x1b7", customerReference: "cus_R4nD0mCu5t0m3r" }),
        ...(event.source === "stripe" && { account: "acct_1Nv0FGQ9RKHgCVdK" }),
      },
    }),
  };
}

/** Makes deliveries of an event to a destination that answered badly at first. */
export function deliveryOf(transactionId: string, receivedAt: string, status: "OPEN" | "DELIVERED" | "FAILED"): Delivery {
  const first = Date.parse(receivedAt) + 700;
  const waits = [0, 5_400, 66_000, 371_000].slice(0, status === "DELIVERED" ? 2 : 4);
  const history = waits.map((wait, index) => ({
    at: new Date(first + wait).toISOString(),
    durationMs: 180 + index * 2_300,
    ...(status === "DELIVERED" && index === waits.length - 1
      ? { status: 204 }
      : index === 1
        ? { error: "timeout" }
        : { status: 503, body: '{"error":"maintenance"}' }),
  }));
  return {
    transactionId,
    status,
    attempts: history.length,
    trigger: "event",
    since: history[0].at,
    history,
    ...(status === "OPEN" && { nextAt: new Date(first + 2_170_000).toISOString() }),
    ...(status !== "OPEN" && { finishedAt: new Date(first + waits.at(-1)! + 3_000).toISOString() }),
    ...(status === "FAILED" && { error: "503 after 4 attempts: the endpoint is in maintenance" }),
  };
}
