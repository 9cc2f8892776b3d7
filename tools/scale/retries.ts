/** How a source retries: seconds until each retry, and the part of them by which it may be earlier or later. */
export interface Retries {
  afterSeconds: readonly number[];
  spread: number;
}

const [minute, hour] = [60, 3_600];

/** Retries of payment providers: at growing intervals, for three days. @see https://docs.stripe.com/webhooks#automatic-retries */
export const threeDays: Retries = {
  afterSeconds: [minute, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 24 * hour, 30 * hour],
  spread: 0.2,
};

/** Refused requests that come again. One refused at its last try is lost. */
export class Resending {
  /** Changes of the number due, by try and step. Their sum over steps is the number due. */
  readonly #changes: Map<number, number>[];
  readonly #due: number[];
  #waiting = 0;
  lost = 0;

  constructor(
    readonly retries: Retries,
    readonly step: number,
  ) {
    this.#changes = retries.afterSeconds.map(() => new Map<number, number>());
    this.#due = retries.afterSeconds.map(() => 0);
  }

  /** Number of requests that will come again. */
  get waiting(): number {
    return this.#waiting < 1e-6 ? 0 : this.#waiting;
  }

  /** Returns the requests that come again in this step, by try. */
  due(index: number): readonly number[] {
    for (const [attempt, changes] of this.#changes.entries()) {
      this.#due[attempt] += changes.get(index) ?? 0;
      changes.delete(index);
    }
    const due = this.#due.map((amount) => (amount < 1e-9 ? 0 : amount));
    this.#waiting -= due.reduce((sum, amount) => sum + amount, 0);
    return due;
  }

  /** Schedules refused requests for their next try. @param tries earlier tries: 0 for a first try */
  refuse(amount: number, tries: number, index: number): void {
    if (amount <= 0) return;
    const after = this.retries.afterSeconds[tries];
    if (after === undefined) return void (this.lost += amount);
    const from = index + Math.max(1, Math.round((after * (1 - this.retries.spread)) / this.step));
    const until = Math.max(from + 1, index + Math.round((after * (1 + this.retries.spread)) / this.step));
    const each = amount / (until - from);
    const changes = this.#changes[tries];
    changes.set(from, (changes.get(from) ?? 0) + each);
    changes.set(until, (changes.get(until) ?? 0) - each);
    this.#waiting += amount;
  }
}
