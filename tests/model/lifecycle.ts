import { spend, start, stepped, worked, type Rules } from "./worker";
import { isFinished, write, type World } from "./world";

/** Returns all possible next worlds. */
export function* successors(rules: Rules, world: World): Generator<World> {
  const { left } = world;
  if (left.deliveries > 0) {
    const sent = spend(world, "deliveries");
    yield { ...(write(rules.writes, sent, "put") ?? sent), acknowledged: true };
  }
  if (world.records > 0) {
    const started = start(world);
    yield { ...started, records: started.records - 1 };
    if (left.repeats > 0) yield spend(started, "repeats");
  }
  for (const index of world.workers.keys()) yield* worked(rules, world, index);
  yield* reconciled(rules, world);
  if (left.redrives > 0) {
    const redriven = write(rules.writes, spend(world, "redrives"), "redrive");
    if (redriven) yield redriven;
  }
  if (left.ticks > 0) yield spend({ ...world, now: world.now + 1 }, "ticks");
}

/** Tells if the reconciler finds the event: it reads only what is due in the index of open events. */
const isFound = ({ item, now }: World) => item?.shard !== undefined && item.dueAt !== undefined && (item.dueAt as number) <= now;

/** Returns the reconciler's steps. Exhausting an event continues as a worker, which may die. */
function* reconciled({ writes }: Rules, world: World): Generator<World> {
  if (!isFound(world)) return;
  for (const name of ["requeueExpired", "requeueStale"] as const) {
    const requeued = write(writes, world, name);
    if (requeued) yield requeued;
  }
  const me = `reconciler-${world.named}`;
  const taken = write(writes, world, "exhaust", me);
  if (taken) yield { ...taken, named: world.named + 1, workers: [...taken.workers, { me, step: "deadLetter", blames: true }] };
}

/** Continues a world without further faults: workers finish, the pipe delivers, time passes, the reconciler runs. */
export function settled(rules: Rules, from: World): World {
  let world = from;
  for (let round = 0; round < 80 && !isFinished(world); round++) {
    while (world.workers.length > 0) world = stepped(rules, world, 0);
    if (world.records > 0) world = { ...start(world), records: world.records - 1 };
    else world = reconciled(rules, { ...world, now: world.now + 1 }).next().value ?? { ...world, now: world.now + 1 };
  }
  return world;
}
