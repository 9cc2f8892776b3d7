import { visibilityTimeoutSeconds } from "../../domain/destinations";

/** Message of a simulated queue. */
export interface Message {
  /** It is its receipt handle, too. */
  id: string;
  body: string;
  /** Epoch milliseconds. */
  sentAt: number;
  /** When it is visible again, epoch milliseconds. */
  visibleAt: number;
  /** Times that it was received. */
  receives: number;
}

/** Messages that were received are dropped in blocks of so many. */
const block = 10_000;

/**
 * A queue of SQS: a received message is in flight until it is deleted or its visibility timeout ends. Messages are received in the order in
 * which they became visible.
 */
export class SimulatedQueue {
  /** Most messages that were in flight at once. */
  mostInFlight = 0;
  /** Most times that a message was received. */
  mostReceives = 0;
  /** Visible messages, from `#first` on. */
  readonly #visible: Message[] = [];
  #first = 0;
  readonly #inFlight = new Map<string, Message>();
  #ids = 0;

  constructor(private readonly now: () => number) {}

  send(body: string): void {
    const now = this.now();
    this.#visible.push({ id: String(this.#ids++), body, sentAt: now, visibleAt: now, receives: 0 });
  }

  /** Number of messages that are visible or in flight. */
  get size(): number {
    return this.#visible.length - this.#first + this.#inFlight.size;
  }

  /** Number of messages that are visible. */
  get visible(): number {
    this.#expire();
    return this.#visible.length - this.#first;
  }

  receive(most: number): Message[] {
    this.#expire();
    const received = this.#visible.slice(this.#first, this.#first + most);
    this.#first += received.length;
    if (this.#first > block) this.#visible.splice(0, this.#first).length = this.#first = 0;
    for (const message of received) {
      message.visibleAt = this.now() + visibilityTimeoutSeconds * 1_000;
      message.receives += 1;
      this.mostReceives = Math.max(this.mostReceives, message.receives);
      this.#inFlight.set(message.id, message);
    }
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight.size);
    return received;
  }

  hide(id: string, seconds: number): void {
    this.#inFlight.get(id)!.visibleAt = this.now() + seconds * 1_000;
  }

  delete(id: string): void {
    this.#inFlight.delete(id);
  }

  /** Makes messages visible whose time has come. */
  #expire(): void {
    for (const message of this.#inFlight.values())
      if (message.visibleAt <= this.now()) {
        this.#inFlight.delete(message.id);
        this.#visible.push(message);
      }
  }
}
