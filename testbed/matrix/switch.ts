import type { Clock } from "./clock";

/** Places where a restarted pipe may continue. AWS does not say which, and no event may be lost in any. */
export const places = ["where it was", "the stream's beginning", "the stream's end"] as const;
export type StreamPosition = (typeof places)[number];

/** Milliseconds of denials until the pipe is disabled. AWS says "nearly continuous" and gives no time. */
const patienceMs = 5 * 60_000;

/**
 * The state of a pipe. AWS disables a pipe whose calls get only 4xx for a while, and never enables it again.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
 */
export class Switch {
  currentState: "RUNNING" | "STOPPED" = "RUNNING";
  stateReason: string | undefined;
  private readonly deniedSince = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Notes a call by the pipe. */
  note(call: string, denied: boolean): void {
    if (!denied) this.deniedSince.delete(call);
    else this.deniedSince.set(call, this.deniedSince.get(call) ?? this.clock.now);
    if (this.clock.now - (this.deniedSince.get(call) ?? Infinity) < patienceMs || !denied) return;
    this.currentState = "STOPPED";
    this.stateReason = `${call} is denied`;
  }

  /** Starts the pipe, as `aws pipes start-pipe` does. */
  start(): void {
    this.deniedSince.clear();
    this.currentState = "RUNNING";
    this.stateReason = undefined;
  }
}
