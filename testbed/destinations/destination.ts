import { concurrencyOf, type DestinationSettings } from "../../domain/destinations";
import type { Answer } from "../../handlers/deliver/send";
import type { Clock } from "../matrix/clock";
import { SimulatedQueue } from "./queue";

/** Answers a request, of which it gets the milliseconds until its deadline. */
export type SimulatedEndpoint = (clock: Clock, timeoutMs: number) => Promise<Answer>;

const after =
  (milliseconds: number, answer: Answer): SimulatedEndpoint =>
  async (clock) => {
    await clock.wait(milliseconds);
    return answer;
  };

/** Ways in which an endpoint answers. */
export const endpoints = {
  /** It accepts everything. */
  quick: after(50, { status: 204 }),
  /** Nobody listens. */
  refusing: after(20, { error: "ECONNREFUSED" }),
  hanging: (clock, timeoutMs) => after(timeoutMs, { error: "timeout" })(clock, timeoutMs),
} satisfies Record<string, SimulatedEndpoint>;

/** Milliseconds that Lambda takes to change a mapping. */
const mappingMs = 20_000;

/** A destination: its queue, its mapping, its endpoint, and what happened. */
export class SimulatedDestination {
  readonly queue: SimulatedQueue;
  endpoint: SimulatedEndpoint = endpoints.quick;
  /** State of its mapping, as Lambda tells it. */
  mapping: "Enabled" | "Enabling" | "Disabled" | "Disabling" = "Enabled";
  /** When each request was sent, epoch milliseconds. */
  readonly sends: number[] = [];
  /** Milliseconds from the sending of each message to its end. */
  readonly delays: number[] = [];
  /** Events that it accepted, and those that it accepted more than once. */
  readonly accepted = new Set<string>();
  readonly repeated = new Set<string>();
  deadLetters = 0;

  constructor(
    readonly name: string,
    readonly settings: DestinationSettings,
    private readonly clock: Clock,
  ) {
    this.queue = new SimulatedQueue(() => clock.now);
  }

  get concurrency(): number {
    return concurrencyOf(this.settings);
  }

  /** Tells whether Lambda still, or already, invokes the function with its messages. */
  get delivers(): boolean {
    return this.mapping === "Enabled" || this.mapping === "Disabling";
  }

  setMapping(enabled: boolean): void {
    this.mapping = enabled ? "Enabling" : "Disabling";
    this.clock.spawn(async () => {
      await this.clock.wait(mappingMs);
      this.mapping = enabled ? "Enabled" : "Disabled";
    });
  }

  accept(transactionId: string): void {
    (this.accepted.has(transactionId) ? this.repeated : this.accepted).add(transactionId);
  }
}
