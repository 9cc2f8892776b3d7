import type { Clock } from "./clock";

/** Ways in which a call to AWS fails. In the last two, the caller dies. */
export const faultKinds = ["throttle", "5xx", "timeout", "denied", "response lost", "crash before", "crash after"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A planned failure of a call. */
export interface Fault {
  /** Call that fails, or several that fail together. */
  call: string | readonly string[];
  kind: FaultKind;
  /** Duration from the first such call: a number of calls, or minutes. */
  for: { calls: number } | { minutes: number };
  /** Call with which it begins: none fails before. */
  from?: string;
  /** Limits the fault to calls about this event. */
  event?: string;
}

/** The failure of a call. */
export class CallFailure extends Error {
  constructor(readonly kind: Exclude<FaultKind, "crash before" | "crash after">) {
    super(kind);
  }
}

/** The death of the caller. */
export class Crash extends Error {}

/** A fault during a run. */
export class Striking {
  /** Time of the first failed call, in epoch milliseconds. */
  since: number | undefined;
  private hasBegun = false;
  private count = 0;

  constructor(private readonly fault: Fault) {}

  get kind(): FaultKind {
    return this.fault.kind;
  }

  /** Tells if no more calls will fail. */
  isOver(now: number): boolean {
    const { for: span } = this.fault;
    return this.since !== undefined && ("calls" in span ? this.count >= span.calls : now >= this.since + span.minutes * 60_000);
  }

  strikes(call: string, event: string | undefined, now: number): boolean {
    if (this.fault.from === undefined || this.fault.from === call) this.hasBegun = true;
    const concerned = [this.fault.call].flat().includes(call) && (this.fault.event === undefined || this.fault.event === event);
    if (!concerned || !this.hasBegun || this.isOver(now)) return false;
    this.since ??= now;
    this.count++;
    return true;
  }
}

/** Makes the calls of a run fail as planned, and counts all of them. */
export class Faults {
  /** Number of each call. */
  readonly calls = new Map<string, number>();
  readonly striking: readonly Striking[];

  constructor(
    private readonly clock: Clock,
    planned: readonly Fault[],
  ) {
    this.striking = planned.map((fault) => new Striking(fault));
  }

  /** Tells if every fault that has struck is over. */
  get areOver(): boolean {
    return this.striking.every((fault) => fault.since === undefined || fault.isOver(this.clock.now));
  }

  /** Makes a call or fails it. @throws CallFailure, Crash, and what the call itself throws */
  async through<T>(call: string, event: string | undefined, make: () => T | Promise<T>): Promise<T> {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const kind = this.striking.find((fault) => fault.strikes(call, event, this.clock.now))?.kind;
    if (kind === undefined) return make();
    if (kind === "response lost" || kind === "crash after") await quietly(make);
    throw kind === "crash before" || kind === "crash after" ? new Crash(call) : new CallFailure(kind);
  }
}

/** Makes a call and discards its result. */
async function quietly(make: () => unknown): Promise<void> {
  try {
    await make();
  } catch {
    // Its response is lost as well.
  }
}
