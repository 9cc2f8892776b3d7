import type { Clock } from "./clock";

/** From where a pipe reads once it is started again. AWS's documents do not say: whatever it is, nothing may be lost. */
export const places = ["where it was", "the stream's beginning", "the stream's end"] as const;
export type StreamPosition = (typeof places)[number];

/** How long a pipe's calls have to be denied until AWS switches it off. AWS says "nearly continuous", and no time. */
const patienceMs = 5 * 60_000;

/**
 * The switch of a pipe: AWS turns it off when the pipe's calls meet nothing but 4xx for a while, and never on again.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
 */
export class Switch {
  currentState: "RUNNING" | "STOPPED" = "RUNNING";
  stateReason: string | undefined;
  private readonly deniedSince = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Takes note of a call of the pipe's. */
  note(call: string, denied: boolean): void {
    if (!denied) this.deniedSince.delete(call);
    else this.deniedSince.set(call, this.deniedSince.get(call) ?? this.clock.now);
    if (this.clock.now - (this.deniedSince.get(call) ?? Infinity) < patienceMs || !denied) return;
    this.currentState = "STOPPED";
    this.stateReason = `${call} is denied`;
  }

  /** `aws pipes start-pipe`. */
  start(): void {
    this.deniedSince.clear();
    this.currentState = "RUNNING";
    this.stateReason = undefined;
  }
}
