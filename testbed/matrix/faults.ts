import type { Clock } from "./clock";

/** Ways in which a call to AWS fails; the last two are about its caller. */
export const faultKinds = ["throttle", "5xx", "timeout", "denied", "answer lost", "crash before", "crash after"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A call that fails in one way. */
export interface Fault {
  call: string;
  kind: FaultKind;
  /** From the first such call on: so many of them, or all for so many minutes. */
  for: { calls: number } | { minutes: number };
  /** Calls about this event alone. */
  event?: string;
}

/** What a call's answer says when it fails. */
export class CallFailure extends Error {
  constructor(readonly kind: Exclude<FaultKind, "crash before" | "crash after">) {
    super(kind);
  }
}

/** Whoever makes the call ends here, without a word. */
export class Crash extends Error {}

/** A fault as it strikes in a run. */
export class Striking {
  /** Of the first call that failed, epoch milliseconds. */
  since: number | undefined;
  private count = 0;

  constructor(private readonly fault: Fault) {}

  get kind(): FaultKind {
    return this.fault.kind;
  }

  /** Whether no more calls will fail. */
  isOver(now: number): boolean {
    const { for: span } = this.fault;
    return this.since !== undefined && ("calls" in span ? this.count >= span.calls : now >= this.since + span.minutes * 60_000);
  }

  strikes(call: string, event: string | undefined, now: number): boolean {
    const concerned = this.fault.call === call && (this.fault.event === undefined || this.fault.event === event);
    if (!concerned || this.isOver(now)) return false;
    this.since ??= now;
    this.count++;
    return true;
  }
}

/** Makes the calls of a run fail as planned, and keeps count of all of them. */
export class Faults {
  /** How often each call was made. */
  readonly calls = new Map<string, number>();
  readonly striking: readonly Striking[];

  constructor(
    private readonly clock: Clock,
    planned: readonly Fault[],
  ) {
    this.striking = planned.map((fault) => new Striking(fault));
  }

  /** Whether none of those that have struck is still going on. */
  get areOver(): boolean {
    return this.striking.every((fault) => fault.since === undefined || fault.isOver(this.clock.now));
  }

  /** Makes a call, or lets it fail. @throws CallFailure, Crash, and what the call itself throws */
  async through<T>(call: string, event: string | undefined, make: () => T | Promise<T>): Promise<T> {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const kind = this.striking.find((fault) => fault.strikes(call, event, this.clock.now))?.kind;
    if (kind === undefined) return make();
    if (kind === "answer lost" || kind === "crash after") await quietly(make);
    throw kind === "crash before" || kind === "crash after" ? new Crash(call) : new CallFailure(kind);
  }
}

/** Done, but nobody is told what came of it. */
async function quietly(make: () => unknown): Promise<void> {
  try {
    await make();
  } catch {
    // Its answer is lost as well.
  }
}
