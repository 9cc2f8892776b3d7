import { Attribute, Status } from "./event";
import { maximumAttempts, maximumRequeues } from "./processing";

/**
 * The life of an item as the conditional writes that move it on: each condition and update is here, once. The state
 * machine, the functions and the operators' tool make their calls of them; the model in tests/model/ searches them.
 *
 *            put                claim                    complete
 *     (none) ───▶ RECEIVED ──────────────▶ PROCESSING ──────────────▶ PROCESSED
 *                  ▲  ▲ │                  │ │ │ ▲ └ claim, lease over
 *                  │  │ │  requeueExpired │ │ │ └── normalize
 *                  │  └─┼──────────────────┘ │ │ fail
 *      requeueStale └────┤     exhaust         │ └──────▶ FAILED ── redrive ─▶ RECEIVED
 *                       └──▶ PROCESSING ◀────┘ (claimed to be failed)
 *
 * Placeholders: `#name` is the attribute of that key in `Attribute`; `:value` is one of `constants`, or given by the caller.
 */
export interface Transition<Given extends string = string> {
  condition: string;
  /** `undefined`: the whole item is put. */
  update?: string;
  /** The values that the caller gives. */
  given: readonly Given[];
}

const transition = <Given extends string>(condition: string, update: string | undefined, given: readonly Given[]): Transition<Given> => ({
  condition,
  update,
  given,
});

const received = "#status = :received";
const processing = "#status = :processing";
const leaseOver = `${processing} AND #leaseUntil < :nowMs`;
/** Owned by this claim: only its owner may write an outcome. */
const mine = `${processing} AND #claimedBy = :me`;
const takeOver = "#status = :processing, #claimedBy = :me, #claimedAt = :now, #leaseUntil = :leaseUntil";
const ownership = "#claimedBy, #leaseUntil";

/** Neither requeued nor redriven for as long as an event may wait. */
const waitsLong = `${received} AND #receivedAt < :staleBefore AND (attribute_not_exists(#requeuedAt) OR #requeuedAt < :staleBefore)`;
const mayRequeue = "(attribute_not_exists(#requeues) OR #requeues < :maximumRequeues)";

export const transitions = {
  /** Stores an event that is not there: the acknowledgement. */
  put: transition("attribute_not_exists(#transactionId)", undefined, []),

  /** One branch of one execution becomes the owner: of an item that nobody owns, that is its own already (the answer to the first
   * try was lost), or whose owner's lease ran out and that has not been tried too often. */
  claim: transition(
    [received, `(${mine})`, `(${leaseOver} AND #attempts < :maximumAttempts)`].join(" OR "),
    `SET ${takeOver} ADD #attempts :one`,
    ["me", "now", "nowMs", "leaseUntil"],
  ),

  /** Writes what the event means: a slow worker must not overwrite its successor's work. */
  normalize: transition(mine, "SET #normalized = :normalized, #kind = :kind", ["me", "normalized", "kind"]),

  /** Who claimed it last stays written: that execution's log has its stages. */
  complete: transition(mine, `SET #status = :processed, #finishedAt = :now REMOVE #leaseUntil, #error`, ["me", "now"]),

  /** After the dead letter was sent. */
  fail: transition(mine, `SET #status = :failed, #error = :error, #finishedAt = :now REMOVE #leaseUntil`, ["me", "now", "error"]),

  /** Its worker died: the lease is over, and nobody has taken it. */
  requeueExpired: transition(
    `${leaseOver} AND #attempts < :maximumAttempts`,
    `SET #status = :received, #requeuedAt = :now REMOVE ${ownership} ADD #requeues :one`,
    ["now", "nowMs"],
  ),

  /** Nobody took it: the write makes the stream report it once more. */
  requeueStale: transition(`${waitsLong} AND ${mayRequeue}`, "SET #requeuedAt = :now ADD #requeues :one", ["now", "staleBefore"]),

  /** The reconciler becomes the owner of what has been tried too often, to send its dead letter and fail it; or is that already (the
   * answer to the first try was lost). */
  exhaust: transition(
    `(${leaseOver} AND #attempts >= :maximumAttempts) OR (${waitsLong} AND #requeues >= :maximumRequeues) OR (${mine})`,
    `SET ${takeOver}`,
    ["me", "now", "nowMs", "leaseUntil", "staleBefore"],
  ),

  /** An operator redrives an event, with all its attempts before it: one that is FAILED, one whose worker died, or one that nobody took. */
  redrive: transition(
    `#status IN (:failed, :received) OR (${leaseOver})`,
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

/** A write's expressions with exactly the names and values that they use, as DynamoDB demands. */
export interface ConditionalWrite<Value> {
  ConditionExpression: string;
  UpdateExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value | { S: string } | { N: string }>;
}

/** The parameters of a transition's call, but for table, key and item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
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
