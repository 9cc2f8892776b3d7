import { Attribute, Status } from "./event";
import { maximumAttempts, maximumRequeues } from "./processing";

/**
 * Defines the lifecycle of an item as conditional writes. Each condition and update is defined here, once. The state machine, the
 * functions and the command line build their calls from them; the model in tests/model/ explores them.
 *
 *            put                 claim                    complete
 *     (none) ────▶ RECEIVED ──────────────▶ PROCESSING ──────────────▶ PROCESSED
 *                  ▲  ▲  │                  │  │  │  ▲
 *                  │  │  │  requeueExpired  │  │  │  └─ normalize; claim, if the lease has expired
 *                  │  └──│──────────────────┘  │  │
 *     requeueStale └─────┤                     │  │ fail
 *                        │ exhaust     exhaust │  └─────────▶ FAILED ── redrive ──▶ RECEIVED
 *                        └──▶ PROCESSING ◀─────┘
 *                             (claimed by the reconciler, which fails it)
 *
 * Placeholders: `#name` is the attribute with that key in `Attribute`; `:value` is one of `constants`, or given by the caller.
 */
export interface Transition<Given extends string = string> {
  condition: string;
  /** `undefined`: the whole item is put. */
  update?: string;
  /** Names of the values that the caller gives. */
  given: readonly Given[];
}

const transition = <Given extends string>(condition: string, update: string | undefined, given: readonly Given[]): Transition<Given> => ({
  condition,
  update,
  given,
});

const received = "#status = :received";
const processing = "#status = :processing";
const leaseExpired = `${processing} AND #leaseUntil < :nowMs`;
/** Holds for the owner of this claim. Only it may write an outcome. */
const mine = `${processing} AND #claimedBy = :me`;
const takeOver = "#status = :processing, #claimedBy = :me, #claimedAt = :now, #leaseUntil = :leaseUntil";
const ownership = "#claimedBy, #leaseUntil";

/** Holds for an event that nothing has claimed, requeued or redriven for too long. */
const waitsLong = `${received} AND #receivedAt < :staleBefore AND (attribute_not_exists(#requeuedAt) OR #requeuedAt < :staleBefore)`;
const mayRequeue = "(attribute_not_exists(#requeues) OR #requeues < :maximumRequeues)";

export const transitions = {
  /** Stores an event unless its transaction ID exists. This write is the acknowledgment. */
  put: transition("attribute_not_exists(#transactionId)", undefined, []),

  /**
   * Makes one Map branch of one execution the owner of an item. The item has no owner, or has an expired lease and attempts left. Or it
   * belongs to this branch already, because the answer to its first try was lost.
   */
  claim: transition(
    [received, `(${mine})`, `(${leaseExpired} AND #attempts < :maximumAttempts)`].join(" OR "),
    `SET ${takeOver} ADD #attempts :one`,
    ["me", "now", "nowMs", "leaseUntil"],
  ),

  /** Writes the normalized event. Only the owner may: a slow worker must not overwrite its successor's work. */
  normalize: transition(mine, "SET #normalized = :normalized, #kind = :kind", ["me", "normalized", "kind"]),

  /** Marks the event PROCESSED. The last claim stays in the item: the log of that execution shows the event's stages. */
  complete: transition(mine, `SET #status = :processed, #finishedAt = :now REMOVE #leaseUntil, #error`, ["me", "now"]),

  /** Marks the event FAILED, after its dead letter was sent. */
  fail: transition(mine, `SET #status = :failed, #error = :error, #finishedAt = :now REMOVE #leaseUntil`, ["me", "now", "error"]),

  /** Requeues an event whose worker died: its lease has expired and nothing has claimed it since. */
  requeueExpired: transition(
    `${leaseExpired} AND #attempts < :maximumAttempts`,
    `SET #status = :received, #requeuedAt = :now REMOVE ${ownership} ADD #requeues :one`,
    ["now", "nowMs"],
  ),

  /** Requeues an event that nothing claimed: the write makes the stream report it again. */
  requeueStale: transition(`${waitsLong} AND ${mayRequeue}`, "SET #requeuedAt = :now ADD #requeues :one", ["now", "staleBefore"]),

  /**
   * Makes the reconciler the owner of an exhausted event, which then gets a dead letter and becomes FAILED. The condition also holds if
   * the reconciler already owns it (the answer to its first try was lost).
   */
  exhaust: transition(
    `(${leaseExpired} AND #attempts >= :maximumAttempts) OR (${waitsLong} AND #requeues >= :maximumRequeues) OR (${mine})`,
    `SET ${takeOver}`,
    ["me", "now", "nowMs", "leaseUntil", "staleBefore"],
  ),

  /** Requeues an event for an operator and resets its attempts. The event is FAILED, has an expired lease, or is waiting as RECEIVED. */
  redrive: transition(
    `#status IN (:failed, :received) OR (${leaseExpired})`,
    `SET #status = :received, #requeuedAt = :now, #attempts = :zero REMOVE ${ownership}, #requeues, #error, #finishedAt`,
    ["now", "nowMs"],
  ),
} as const;

/** Values that are the same in every write. */
const constants: Record<string, { S: string } | { N: string }> = {
  received: { S: Status.received },
  processing: { S: Status.processing },
  processed: { S: Status.processed },
  failed: { S: Status.failed },
  maximumAttempts: { N: String(maximumAttempts) },
  maximumRequeues: { N: String(maximumRequeues) },
  zero: { N: "0" },
  one: { N: "1" },
};

/** Expressions of a write, with exactly the names and values that they use: DynamoDB refuses others. */
export interface ConditionalWrite<Value> {
  ConditionExpression: string;
  UpdateExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value | { S: string } | { N: string }>;
}

/**
 * Returns the parameters of a transition's call, without table, key and item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function conditionalWrite<Given extends string, Value>(
  { condition, update }: Transition<Given>,
  given: Record<Given, Value>,
): ConditionalWrite<Value> {
  const text = `${condition} ${update ?? ""}`;
  const used = (sigil: string) => [...new Set([...text.matchAll(new RegExp(`${sigil}(\\w+)`, "g"))].map(([, name]) => name))];
  const values = { ...constants, ...given };
  const valuesUsed = used(":").map((name) => [`:${name}`, values[name as Given]] as const);
  return {
    ConditionExpression: condition,
    ...(update && { UpdateExpression: update }),
    ExpressionAttributeNames: Object.fromEntries(used("#").map((name) => [`#${name}`, Attribute[name as keyof typeof Attribute]])),
    ...(valuesUsed.length > 0 && { ExpressionAttributeValues: Object.fromEntries(valuesUsed) }),
  };
}
