/** Defines destinations for configuration, infrastructure, functions and tools: their settings, messages, and the table of deliveries. */
import type { Kind } from "./event";

export const destinationTypes = ["https", "queue"] as const;
export type DestinationType = (typeof destinationTypes)[number];

/** Tags of a destination's queues and secret, by which policies distinguish them. */
export const DestinationTag = { name: "Destination", type: "DestinationType" } as const;

/** What a delivery carries beside IDs and classification: nothing; the normalized event; or also the body as the provider sent it. */
export const payloadChoices = ["none", "normalized", "full"] as const;
export type PayloadChoice = (typeof payloadChoices)[number];

/** How a destination authenticates the pipeline, beside the signature. */
export const authChoices = ["none", "basic", "bearer"] as const;
export type AuthChoice = (typeof authChoices)[number];

/** Most characters of a destination's name. */
export const longestDestinationName = 20;

/** Most bytes of a body that `payload: full` sends; of a larger one it sends `{"omitted": "size"}`. */
export const maxBodyBytes = 262_144;

/** Executions that deliver to a destination at once: the fewest and the most that a configuration may allow. SQS allows no fewer. */
export const concurrencyBounds = { fewest: 2, most: 100 } as const;

/**
 * Returns how many executions deliver to a destination at once. Each spaces its sends by this number divided by the rate. Of a limited rate
 * there are only as many as it needs, so that none waits longer than two seconds.
 */
export const concurrencyOf = ({ maxConcurrency, maxPerSecond }: Pick<DestinationSettings, "maxConcurrency" | "maxPerSecond">): number =>
  maxPerSecond === undefined ? maxConcurrency : Math.min(maxConcurrency, Math.max(concurrencyBounds.fewest, 2 * maxPerSecond));

/** Timeout of `deliver`, seconds: a batch may wait for slow endpoints. It returns what it does not manage. */
export const deliverTimeoutSeconds = 60;

/** Most messages of a batch. */
export const deliveryBatchSize = 10;

/**
 * Seconds for which SQS hides a message that is being delivered: six times the function's timeout, as AWS advises.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const visibilityTimeoutSeconds = 6 * deliverTimeoutSeconds;

/** File in the archive of `deliver`, beside the code. JSON object: destination name → `DestinationSettings`. */
export const destinationsFileName = "destinations.json";

/** Settings of a destination of the type `https` in `destinations.json`. */
export interface DestinationSettings {
  url: string;
  payload: PayloadChoice;
  timeoutSeconds: number;
  maxConcurrency: number;
  /** Absent: no limit. */
  maxPerSecond?: number;
  retryHours: number;
  auth: AuthChoice;
}

/** Which events a destination gets; an absent list excludes none. */
export interface DestinationFilter {
  kinds?: readonly Kind[];
  sources?: readonly string[];
  /** Event types, with `*` for any part of a type. */
  eventTypes?: readonly string[];
}

/** A destination in the stack's outputs: how it is configured, and what commands need to reach it. A queue has no settings of deliveries. */
export interface DestinationOutput extends DestinationFilter, Partial<DestinationSettings> {
  type: DestinationType;
  queueUrl: string;
  deadLetterQueueUrl: string;
  /** Its rule on the event bus. */
  ruleName: string;
  /** Absent for a queue. */
  secretArn?: string;
}

/** Why a delivery is made. `redelivery`: an operator, or a replay of the event bus, sends the event again. */
export const triggers = ["event", "redelivery", "backfill", "test"] as const;
export type Trigger = (typeof triggers)[number];

/**
 * Message in a destination's queue: the event of the event bus as EventBridge sends it, or one in its form that an operator sends. It
 * carries IDs and classification, never a payload.
 */
export interface DeliveryMessage {
  detail: { transactionId: string };
  /** Name of the replay of the archive that sent it. */
  "replay-name"?: string;
  /** Absent in messages of the event bus. */
  trigger?: Trigger;
  /**
   * Name of the operation that sent it. An event is delivered once in a generation: that absorbs the duplicates of bus, queue and crash.
   * Absent in messages of the event bus.
   */
  generation?: string;
}

/** Returns the generation of a message: the operation or replay that sent it; empty for an event's first delivery. */
export const generationOf = (message: DeliveryMessage): string => message.generation ?? message["replay-name"] ?? "";

/** Returns why a message was sent. */
export const triggerOf = (message: DeliveryMessage): Trigger =>
  message.trigger ?? (message["replay-name"] === undefined ? "event" : "redelivery");

/** Body of a dead letter of a destination: never a payload. */
export interface DeliveryDeadLetter {
  destination: string;
  transactionId: string;
  error: string;
  generation: string;
}

/** Commands that `deliver` takes from the schedule and from operators, beside the messages of a queue. */
export type DeliverCommand =
  /** Lets each mapping follow the destination's state, probes those whose breaker is open, and reports. The schedule sends it each minute. */
  | { command: "tend" }
  /** Lets the mapping of one destination follow its state at once, after an operator has paused or resumed it. */
  | { command: "follow"; destination: string }
  /** Sends a test event, whatever the state. The answer is a `TestResult`. */
  | { command: "test"; destination: string };

/** Result of the command `test`. */
export interface TestResult {
  delivered: boolean;
  /** Status of the answer; absent if there was none. */
  status?: number;
  /** Why it was not delivered, one sentence. */
  error?: string;
  durationMs: number;
}

/**
 * Attributes of the items in the table of deliveries. An item is either a destination's state, whose key is the destination's name, or a
 * delivery, whose key is `deliveryId`.
 */
export const DeliveryAttribute = {
  /** Partition key; there is no sort key. */
  id: "delivery_id",
  destination: "destination",
  transactionId: "transaction_id",
  /** `DeliveryStatus`. */
  status: "status",
  /** Generation of the message that was last delivered or tried. */
  generation: "generation",
  /** When the first message of the generation was sent to the queue, epoch milliseconds. */
  generationAt: "generation_at",
  trigger: "trigger",
  /** Number of attempts in this generation. */
  attempts: "attempts",
  /** Milliseconds that its attempts in this generation were put off, pauses excepted; absent if none was. `retryHours` is their bound. */
  scheduledMs: "scheduled_ms",
  /** The last attempts, each a `StoredAttempt`, oldest first. */
  history: "history",
  /** When it is tried next, epoch milliseconds; absent if it is settled. */
  nextAt: "next_at",
  /** `undeliveredKey` while it is OPEN or FAILED: the key of the index. */
  undelivered: "undelivered",
  /** When it was first tried in this generation, RFC 3339 with milliseconds: the index's range key. */
  since: "since",
  /** When it was DELIVERED or FAILED, RFC 3339 with milliseconds. */
  finishedAt: "finished_at",
  /** Why it FAILED. */
  error: "error",
  /** When it expires, epoch seconds. */
  expiresAt: "expires_at",

  // State of a destination.
  /** `PauseCause` while nothing is sent; otherwise absent. */
  paused: "paused",
  /** Why, one sentence. */
  pauseReason: "pause_reason",
  /** RFC 3339 with milliseconds. */
  pausedAt: "paused_at",
  /** When sending began again, epoch milliseconds: the rate rises from then on. */
  resumedAt: "resumed_at",
  /** Failures since the last success. */
  failuresInRow: "failures_in_row",
  /** Number of the window of five minutes in which `windowSent` and `windowFailed` were counted. */
  window: "window",
  windowSent: "window_sent",
  windowFailed: "window_failed",
} as const;

/** Status of a delivery. OPEN: it has failed at least once and is tried again. A first success is stored as DELIVERED at once. */
export const DeliveryStatus = { open: "OPEN", delivered: "DELIVERED", failed: "FAILED" } as const;
export type DeliveryStatus = (typeof DeliveryStatus)[keyof typeof DeliveryStatus];

/**
 * Who has paused a destination. `breaker`: too many failures; a probe each minute resumes it. `endpoint`: the endpoint wants no more, or must
 * not be called; only an operator resumes it. `operator`: likewise.
 */
export type PauseCause = "breaker" | "endpoint" | "operator";

/** Attempt in the history of a delivery. */
export interface StoredAttempt {
  /** RFC 3339 with milliseconds. */
  at: string;
  durationMs: number;
  /** Status of the answer; absent if there was none. */
  status?: number;
  /** Class of the error, such as `timeout` or `ECONNREFUSED`; absent if there was an answer. */
  error?: string;
  /** At most 256 bytes of the body of a refusal, as text. */
  body?: string;
}

/** Most attempts in the history of a delivery. */
export const storedAttempts = 20;

/**
 * Returns the key of the index under which a destination's OPEN or FAILED deliveries are. Each status has its own: otherwise the oldest OPEN
 * one, which is looked up each minute, would be behind every FAILED one.
 */
export const undeliveredKey = (destination: string, status: "OPEN" | "FAILED"): string => `${destination}#${status}`;

/** Index that finds OPEN and FAILED deliveries of a destination by the time of their first attempt. It holds what a list shows. */
export const undeliveredIndex = {
  name: "undelivered",
  hashKey: DeliveryAttribute.undelivered,
  rangeKey: DeliveryAttribute.since,
  attributes: [
    DeliveryAttribute.transactionId,
    DeliveryAttribute.status,
    DeliveryAttribute.attempts,
    DeliveryAttribute.nextAt,
    DeliveryAttribute.error,
    DeliveryAttribute.generation,
    DeliveryAttribute.trigger,
  ],
} as const;

/** Returns the key of a delivery. A destination's name has no `#`, so no delivery has the key of a state. */
export const deliveryId = (destination: string, transactionId: string): string => `${destination}#${transactionId}`;

/**
 * Seconds between the attempts: the first follows at once, the last interval repeats until `retryHours` are over. Below SQS's limit of 12
 * hours.
 */
export const retrySchedule = [5, 60, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600] as const;

/** Returns the seconds until the next attempt after this number of attempts, before jitter. */
export const secondsAfter = (attempts: number): number => retrySchedule[Math.min(attempts, retrySchedule.length) - 1];

/** Seconds after which SQS forgets a message: 14 days, the most that it allows. */
export const queueRetentionSeconds = 14 * 24 * 3_600;
