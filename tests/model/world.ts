import type { transitions, Transition } from "../../domain/lifecycle";
import { holds, updated, type Item, type Values } from "../../testbed/matrix/expressions";

/** The program's writes. A test of the model changes one at a time. */
export type Writes = Readonly<Record<keyof typeof transitions, Pick<Transition, "condition" | "update">>>;

/** Limits smaller than the program's, so that the model can explore every order of steps. */
export const maximum = { attempts: 2, requeues: 4 };
export const leaseTicks = 2;
export const staleTicks = 3;

/**
 * Worker: an execution of the workflow with its function, or the reconciler that exhausts an event. Between two of its steps anything may
 * happen, so what it has read may be outdated when it writes.
 */
export interface Worker {
  me: string;
  step: Step;
  /** `true` if it has read that the event was requeued. */
  requeued?: boolean;
  /** `true` if the event itself is why it fails. */
  blames?: boolean;
}

/**
 * Steps, by the call that they make. The processing function reads, and writes `claim`, `process` or `normalize`; `own` is the claim of the
 * state machine after a failure.
 */
export type Step = "read" | "claim" | "process" | "normalize" | "publish" | "complete" | "own" | "deadLetter" | "fail";

/** State of one event, its workers and their effects. */
export interface World {
  now: number;
  item?: Item;
  acknowledged: boolean;
  /** Stream records that wait for the pipe. */
  records: number;
  workers: readonly Worker[];
  /** Number of names given so far. */
  named: number;
  published: boolean;
  /** `true` if a dead letter was sent since the last redrive. */
  deadLetter: boolean;
  /** Number of times a worker became the owner since the last redrive. */
  owners: number;
  /** Claims that may count twice: of workers that failed, or whose store was silent. */
  excused: number;
  /** Workers killed by the payload that had read that the event was requeued. */
  killed: number;
  /** Number of times it became PROCESSED. */
  effects: number;
  /** `true` if normalizing the event kills its worker, each time. */
  poison: boolean;
  /** Remaining faults and actions. */
  left: Budget;
}

export type Budget = Record<"deliveries" | "crashes" | "failures" | "outages" | "repeats" | "redrives" | "ticks", number>;

export const beginning = (left: Budget, poison = false): World => ({
  now: 0,
  acknowledged: false,
  records: 0,
  workers: [],
  named: 0,
  published: false,
  deadLetter: false,
  owners: 0,
  excused: 0,
  killed: 0,
  effects: 0,
  poison,
  left,
});

const statuses = { received: "RECEIVED", processing: "PROCESSING", processed: "PROCESSED", failed: "FAILED" };

export const statusOf = ({ item }: World) => item?.status;
export const isFinished = (world: World) => statusOf(world) === statuses.processed || statusOf(world) === statuses.failed;

/** Returns the values of a write. The entries of a history are all the same: only their number matters. One literal, because it is made for each write of each world. */
function valuesOf({ now }: World, me: string): Values {
  return {
    received: statuses.received,
    processing: statuses.processing,
    processed: statuses.processed,
    failed: statuses.failed,
    maximumAttempts: maximum.attempts,
    maximumRequeues: maximum.requeues,
    zero: 0,
    one: 1,
    now,
    nowMs: now,
    leaseUntil: now + leaseTicks,
    staleBefore: now - staleTicks,
    dueAt: now + leaseTicks,
    me,
    error: "e",
    normalized: "n",
    kind: "k",
    entry: { L: ["entry"] },
    none: { L: [] },
  };
}

/** Applies a write; `undefined` if its condition fails. A write that leaves an item RECEIVED adds a record that the pipe passes. */
export function write(writes: Writes, world: World, name: keyof Writes, me = "nobody"): World | undefined {
  const { condition, update } = writes[name];
  const values = valuesOf(world, me);
  if (!holds(condition, world.item, values)) return undefined;
  const item =
    update === undefined
      ? { transactionId: "id", status: "RECEIVED", receivedAt: world.now, attempts: 0, shard: 0, dueAt: values.dueAt }
      : updated(update, world.item ?? {}, values);
  const becameProcessed = name === "complete" && world.item?.status !== statuses.processed;
  return {
    ...world,
    item,
    records: world.records + (item.status === statuses.received ? 1 : 0),
    effects: world.effects + (becameProcessed ? 1 : 0),
    owners: world.owners + (item.claimedBy !== undefined && item.claimedBy !== world.item?.claimedBy ? 1 : 0),
    ...(name === "redrive" && { deadLetter: false, owners: 0 }),
  };
}
