import { write, type Step, type Worker, type World, type Writes } from "./world";

/** What the program guards beside the conditions of its writes. A test of the model takes one away at a time. */
export interface Guards {
  /** A failure claims the event before it sends a dead letter. */
  failureClaims: boolean;
  /** The processor claims a requeued event before it normalizes it. */
  requeuedIsClaimed: boolean;
  /** An outage of the store ends unsettled, not as a failure. */
  outageIsNoFailure: boolean;
}

export interface Rules {
  writes: Writes;
  guards: Guards;
}

/** Starts a worker for a record. */
export const start = (world: World): World => ({
  ...world,
  named: world.named + 1,
  workers: [...world.workers, { me: `execution-${world.named}`, step: "read" }],
});

const without = (world: World, index: number): World => ({ ...world, workers: world.workers.filter((_, one) => one !== index) });
const at = (world: World, index: number, step: Step, seen: Partial<Worker> = {}): World => ({
  ...world,
  workers: world.workers.map((worker, one) => (one === index ? { ...worker, ...seen, step } : worker)),
});

/** Takes a worker's next step, as the workflow does without faults. A lost claim ends it. */
export function stepped({ writes, guards }: Rules, world: World, index: number): World {
  const { me, step } = world.workers[index];
  const next = (name: keyof Writes, then: Step) => {
    const written = write(writes, world, name, me);
    return written ? at(written, index, then) : without(world, index);
  };
  switch (step) {
    case "read":
      return read(world, index, guards);
    case "claim":
      return next("claim", "normalize");
    case "process":
    case "normalize":
      return world.poison ? killed(world, index) : next(step, "publish");
    case "publish":
      return at({ ...world, published: true }, index, "complete");
    case "own":
      return next("claim", "deadLetter");
    case "deadLetter":
      return at({ ...world, deadLetter: true }, index, "fail");
    default:
      return without(write(writes, world, step, me) ?? world, index);
  }
}

/** Reads the item and decides, as the processing function does: the condition of its later write decides again. */
function read(world: World, index: number, { requeuedIsClaimed }: Guards): World {
  const { item, now } = world;
  const isMine = item?.status === "PROCESSING" && item.claimedBy === world.workers[index].me;
  const isExpired = item?.status === "PROCESSING" && (item.leaseUntil as number) < now;
  if (isMine) return at(world, index, "normalize");
  if (item?.status !== "RECEIVED" && !isExpired) return without(world, index);
  const requeued = item.requeues !== undefined;
  return at(world, index, requeued && requeuedIsClaimed ? "claim" : "process", { requeued });
}

/** Ends a worker without a trace, because of the payload. */
function killed(world: World, index: number): World {
  return { ...without(world, index), killed: world.killed + (world.workers[index].requeued ? 1 : 0) };
}

/** Steps of the processing function, which the state machine retries from its beginning. */
const ofFunction: readonly Step[] = ["read", "claim", "process", "normalize"];
const canFail = (step: Step) => ofFunction.includes(step) || step === "publish";

/** Returns the outcomes of a worker's next step: done, failed, its store silent, or dead before or after it. */
export function* worked(rules: Rules, world: World, index: number): Generator<World> {
  const { step } = world.workers[index];
  const done = stepped(rules, world, index);
  const isLeft = (what: keyof World["left"]) => world.left[what] > 0;
  yield done;
  if (isLeft("crashes")) {
    yield spend(without(world, index), "crashes");
    yield spend({ ...done, workers: without(world, index).workers }, "crashes");
  }
  if (isLeft("failures") && canFail(step)) yield spend(failed(rules.guards, world, index), "failures");
  if (isLeft("outages") && step !== "publish")
    for (const reached of [world, { ...done, workers: world.workers }])
      yield* silenced(rules.guards, { ...spend(reached, "outages"), excused: world.excused + 1 }, index);
}

/** A failure of the event's own: its branch goes on to the dead letter. */
function failed({ failureClaims }: Guards, world: World, index: number): World {
  const owns = world.workers[index].step === "publish" || !failureClaims;
  return at({ ...world, excused: world.excused + 1 }, index, owns ? "deadLetter" : "own", { blames: true });
}

/** The answer of the store is lost: the worker tries again, or ends unsettled, and the pipe delivers its record again. */
function* silenced(guards: Guards, world: World, index: number): Generator<World> {
  const { step } = world.workers[index];
  const inFunction = ofFunction.includes(step);
  yield at(world, index, inFunction ? "read" : step);
  if (inFunction && !guards.outageIsNoFailure) yield at(world, index, "own");
  else yield { ...without(world, index), records: world.records + 1 };
}

export const spend = (world: World, what: keyof World["left"]): World => ({
  ...world,
  left: { ...world.left, [what]: world.left[what] - 1 },
});
