import { transitions, type Transition } from "../../domain/lifecycle";
import { holds, updated, type Item, type Values } from "../../testbed/matrix/expressions";

/** The program's writes. A test of the model changes one at a time. */
export type Writes = Readonly<Record<keyof typeof transitions, Pick<Transition, "condition" | "update">>>;

/** Limits smaller than the program's, so that the model can explore every order of steps. */
const maximum = { attempts: 2, requeues: 2 };
const leaseTicks = 2;
const staleTicks = 2;

/** Worker: an execution of the workflow, or the reconciler exhausting an event. */
interface Worker {
  me: string;
  step: "claim" | "normalize" | "publish" | "complete" | "deadLetter" | "fail";
}

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
  /** Number of times it became PROCESSED. */
  effects: number;
  /** Remaining faults and actions. */
  left: { deliveries: number; crashes: number; failures: number; repeats: number; redrives: number; ticks: number };
}

export const beginning = (left: World["left"]): World => ({
  now: 0,
  acknowledged: false,
  records: 0,
  workers: [],
  named: 0,
  published: false,
  deadLetter: false,
  effects: 0,
  left,
});

const statuses = { received: "RECEIVED", processing: "PROCESSING", processed: "PROCESSED", failed: "FAILED" };

export const statusOf = ({ item }: World) => item?.status;
export const isFinished = (world: World) => statusOf(world) === statuses.processed || statusOf(world) === statuses.failed;

function valuesOf({ now }: World, me: string): Values {
  const constants = { ...statuses, maximumAttempts: maximum.attempts, maximumRequeues: maximum.requeues, zero: 0, one: 1 };
  const times = { now, nowMs: now, leaseUntil: now + leaseTicks, staleBefore: now - staleTicks };
  return { ...constants, ...times, me, error: "e", normalized: "n", kind: "k" };
}

/** Applies a write; `undefined` if its condition fails. A write that leaves an item RECEIVED adds a record that the pipe passes. */
function write(writes: Writes, world: World, name: keyof Writes, me = "nobody"): World | undefined {
  const { condition, update } = writes[name];
  const values = valuesOf(world, me);
  if (!holds(condition, world.item, values)) return undefined;
  const item =
    update === undefined
      ? { transactionId: "id", status: "RECEIVED", receivedAt: world.now, attempts: 0 }
      : updated(update, world.item ?? {}, values);
  const becameProcessed = name === "complete" && world.item?.status !== statuses.processed;
  return {
    ...world,
    item,
    records: world.records + (item.status === statuses.received ? 1 : 0),
    effects: world.effects + (becameProcessed ? 1 : 0),
    deadLetter: world.deadLetter && name !== "redrive",
  };
}

const spend = (world: World, what: keyof World["left"]): World => ({ ...world, left: { ...world.left, [what]: world.left[what] - 1 } });

/** Returns all possible next worlds. */
export function* successors(writes: Writes, world: World): Generator<World> {
  const { left } = world;
  if (left.deliveries > 0) {
    const sent = spend(world, "deliveries");
    yield { ...(write(writes, sent, "put") ?? sent), acknowledged: true };
  }
  if (world.records > 0) {
    const started = start(world);
    yield { ...started, records: started.records - 1 };
    if (left.repeats > 0) yield spend(started, "repeats");
  }
  for (const index of world.workers.keys()) yield* worked(writes, world, index);
  yield* reconciled(writes, world);
  if (left.redrives > 0) {
    const redriven = write(writes, spend(world, "redrives"), "redrive");
    if (redriven) yield redriven;
  }
  if (left.ticks > 0) yield spend({ ...world, now: world.now + 1 }, "ticks");
}

const start = (world: World): World => ({
  ...world,
  named: world.named + 1,
  workers: [...world.workers, { me: `execution-${world.named}`, step: "claim" }],
});

/** Returns the reconciler's steps. Exhausting an event continues as a worker, which may die. */
export function* reconciled(writes: Writes, world: World): Generator<World> {
  for (const name of ["requeueExpired", "requeueStale"] as const) {
    const requeued = write(writes, world, name);
    if (requeued) yield requeued;
  }
  const me = `reconciler-${world.named}`;
  const taken = write(writes, world, "exhaust", me);
  if (taken) yield { ...taken, named: world.named + 1, workers: [...taken.workers, { me, step: "deadLetter" }] };
}

/** Returns the outcomes of a worker's next step: done, failed, or interrupted before or after it. */
function* worked(writes: Writes, world: World, index: number): Generator<World> {
  const done = stepped(writes, world, index);
  yield done;
  if (world.left.crashes > 0) {
    yield spend(without(world, index), "crashes");
    yield spend({ ...done, workers: without(world, index).workers }, "crashes");
  }
  const { step } = world.workers[index];
  if (world.left.failures > 0 && (step === "normalize" || step === "publish")) yield spend(at(world, index, "deadLetter"), "failures");
}

const without = (world: World, index: number): World => ({ ...world, workers: world.workers.filter((_, one) => one !== index) });
const at = (world: World, index: number, step: Worker["step"]): World => ({
  ...world,
  workers: world.workers.map((worker, one) => (one === index ? { ...worker, step } : worker)),
});

/** Takes the steps in the workflow's order. A failed condition ends the worker without an error. */
export function stepped(writes: Writes, world: World, index: number): World {
  const { me, step } = world.workers[index];
  switch (step) {
    case "publish":
      return at({ ...world, published: true }, index, "complete");
    case "deadLetter":
      return at({ ...world, deadLetter: true }, index, "fail");
    case "claim":
    case "normalize": {
      const written = write(writes, world, step, me);
      return written ? at(written, index, step === "claim" ? "normalize" : "publish") : without(world, index);
    }
    default:
      return without(write(writes, world, step, me) ?? world, index);
  }
}

/** Continues a world without further faults: workers finish, the pipe delivers, time passes, the reconciler runs. */
export function settled(writes: Writes, from: World): World {
  let world = from;
  for (let round = 0; round < 40 && !isFinished(world); round++) {
    while (world.workers.length > 0) world = stepped(writes, world, 0);
    if (world.records > 0) world = { ...start(world), records: world.records - 1 };
    else world = reconciled(writes, { ...world, now: world.now + 1 }).next().value ?? { ...world, now: world.now + 1 };
  }
  return world;
}
