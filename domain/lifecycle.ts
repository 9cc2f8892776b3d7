import { Attribute, Status } from "./event";
import { historyRounds } from "./history";
import { maximumAttempts, maximumRequeues } from "./processing";

/**
 * Defines the lifecycle of an item as conditional writes. Each condition and update is defined here, once. The state machine, the
 * functions and the command line build their calls from them; the model in tests/model/ explores them.
 *
 *            put                process                   complete
 *     (none) ────▶ RECEIVED ──────────────▶ PROCESSING ──────────────▶ PROCESSED
 *                  ▲  ▲  │      claim       │  │  │  ▲
 *                  │  │  │  requeueExpired  │  │  │  └─ process, claim: if the lease has expired
 *                  │  └──│──────────────────┘  │  │
 *     requeueStale └─────┤                     │  │ fail
 *                        │ exhaust     exhaust │  └─────────▶ FAILED ── redrive ──▶ RECEIVED
 *                        └──▶ PROCESSING ◀─────┘
 *                             (claimed by the reconciler, which fails it)
 *
 * An event takes three writes: put, process, complete. `claim` is for those that fail, and for those that were requeued, whose result
 * `normalize` writes.
 *
 * Placeholders: `#name` is the attribute with that key in `Attribute`; `:value` is one of the constants, or given by the caller.
 */
export interface Transition<Given extends string = string> {
  condition: string;
  /** `undefined`: the whole item is put. */
  update?: string;
  /** Names of the values that the caller gives. */
  given: readonly Given[];
}

/** Makes a transition. */
export const transition = <Given extends string>(
  condition: string,
  update: string | undefined,
  given: readonly Given[],
): Transition<Given> => ({
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
/** Holds for an item without an owner, or with an expired lease and attempts left, or that belongs to this branch already. */
const claimable = [received, `(${mine})`, `(${leaseExpired} AND #attempts < :maximumAttempts)`].join(" OR ");
/** Moves an item from the index of open events to that of settled ones. */
const settle = "#settledShard = #shard";

/** Holds for an event that nothing has claimed, requeued or redriven for too long. */
const waitsLong = `${received} AND #receivedAt < :staleBefore AND (attribute_not_exists(#requeuedAt) OR #requeuedAt < :staleBefore)`;
const mayRequeue = "(attribute_not_exists(#requeues) OR #requeues < :maximumRequeues)";

/**
 * Appends an entry to the history. One round of it is bounded: an event that may be requeued with an expired lease has attempts left, each
 * such requeue follows another attempt, and an exhausted event stays exhausted until an operator redrives it.
 */
const record = "#history = list_append(if_not_exists(#history, :none), :entry)";
/** Begins a round with the entry of its redrive. DynamoDB takes the values on the right from the item as it was. */
const nextRound = historyRounds
  .map((name, index) => (index === 0 ? `#${name} = :entry` : `#${name} = if_not_exists(#${historyRounds[index - 1]}, :none)`))
  .join(", ");

export const transitions = {
  /** Stores an event unless its transaction ID exists. This write is the acknowledgment. */
  put: transition("attribute_not_exists(#transactionId)", undefined, []),

  /**
   * Makes one Map branch of one execution the owner of an item, and writes the normalized event. The item may belong to this branch already,
   * because the answer to its first try was lost.
   */
  process: transition(claimable, `SET ${takeOver}, #normalized = :normalized, #kind = :kind ADD #attempts :one`, [
    "me",
    "now",
    "nowMs",
    "leaseUntil",
    "normalized",
    "kind",
  ]),

  /**
   * Makes a branch the owner of an item that it cannot normalize, so that it alone sends the dead letter. The processor claims an event that
   * was requeued in the same way before it normalizes it: the attempts of workers that die count.
   */
  claim: transition(claimable, `SET ${takeOver} ADD #attempts :one`, ["me", "now", "nowMs", "leaseUntil"]),

  /** Writes the normalized event of an item that this branch has claimed. It counts no attempt: its claim has. */
  normalize: transition(mine, "SET #normalized = :normalized, #kind = :kind", ["me", "normalized", "kind"]),

  /** Marks the event PROCESSED. The last claim stays in the item: the log of that execution shows the event's stages. */
  complete: transition(mine, `SET #status = :processed, #finishedAt = :now, ${settle} REMOVE #leaseUntil, #dueAt, #error`, ["me", "now"]),

  /** Marks the event FAILED, after its dead letter was sent. */
  fail: transition(
    mine,
    `SET #status = :failed, #error = :error, #finishedAt = :now, ${settle}, #failedShard = #shard, ${record} REMOVE #leaseUntil, #dueAt`,
    ["me", "now", "error", "entry"],
  ),

  /** Requeues an event whose worker died: its lease has expired and nothing has claimed it since. */
  requeueExpired: transition(
    `${leaseExpired} AND #attempts < :maximumAttempts AND ${mayRequeue}`,
    `SET #status = :received, #requeuedAt = :now, #dueAt = :dueAt, ${record} REMOVE ${ownership} ADD #requeues :one`,
    ["now", "nowMs", "dueAt", "entry"],
  ),

  /** Requeues an event that nothing claimed: the write makes the stream report it again. No attempt failed, so no entry records it. */
  requeueStale: transition(`${waitsLong} AND ${mayRequeue}`, "SET #requeuedAt = :now, #dueAt = :dueAt ADD #requeues :one", [
    "now",
    "staleBefore",
    "dueAt",
  ]),

  /**
   * Makes the reconciler the owner of an exhausted event, which then gets a dead letter and becomes FAILED. The condition also holds if
   * the reconciler already owns it (the answer to its first try was lost).
   */
  exhaust: transition(
    `(${leaseExpired} AND (#attempts >= :maximumAttempts OR #requeues >= :maximumRequeues)) OR ` +
      `(${waitsLong} AND #requeues >= :maximumRequeues) OR (${mine})`,
    `SET ${takeOver}`,
    ["me", "now", "nowMs", "leaseUntil", "staleBefore"],
  ),

  /** Requeues an event for an operator and resets its attempts. The event is FAILED, has an expired lease, or is waiting as RECEIVED. */
  redrive: transition(
    `#status IN (:failed, :received) OR (${leaseExpired})`,
    `SET #status = :received, #requeuedAt = :now, #dueAt = :dueAt, #attempts = :zero, ${nextRound} ` +
      `REMOVE ${ownership}, #requeues, #error, #finishedAt, #settledShard, #failedShard`,
    ["now", "nowMs", "dueAt", "entry"],
  ),
} as const;

/** A value that is the same in every write. */
type Constant = { S: string } | { N: string } | { L: [] };

/** Attributes by the names that expressions use, and the values that are the same in every write. */
export interface Vocabulary {
  attributes: Readonly<Record<string, string>>;
  constants: Readonly<Record<string, Constant>>;
}

/** Words of the table of events. */
const eventWords: Vocabulary = {
  attributes: Attribute,
  constants: {
    received: { S: Status.received },
    processing: { S: Status.processing },
    processed: { S: Status.processed },
    failed: { S: Status.failed },
    maximumAttempts: { N: String(maximumAttempts) },
    maximumRequeues: { N: String(maximumRequeues) },
    zero: { N: "0" },
    one: { N: "1" },
    none: { L: [] },
  },
};

/** Expressions of a write, with exactly the names and values that they use: DynamoDB refuses others. */
export interface ConditionalWrite<Value> {
  ConditionExpression: string;
  UpdateExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value | Constant>;
}

/**
 * Returns the parameters of a transition's call, without table, key and item.
 * @param words those of the table; absent: the table of events
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function conditionalWrite<Given extends string, Value>(
  { condition, update }: Transition<Given>,
  given: Record<Given, Value>,
  { attributes, constants }: Vocabulary = eventWords,
): ConditionalWrite<Value> {
  const text = `${condition} ${update ?? ""}`;
  const used = (sigil: string) => [...new Set([...text.matchAll(new RegExp(`${sigil}(\\w+)`, "g"))].map(([, name]) => name))];
  const values = { ...constants, ...given };
  const valuesUsed = used(":").map((name) => [`:${name}`, values[name as Given]] as const);
  return {
    ConditionExpression: condition,
    ...(update && { UpdateExpression: update }),
    ExpressionAttributeNames: Object.fromEntries(used("#").map((name) => [`#${name}`, attributes[name]])),
    ...(valuesUsed.length > 0 && { ExpressionAttributeValues: Object.fromEntries(valuesUsed) }),
  };
}
