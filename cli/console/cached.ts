/** Keeps what a function has read for a time, so that open pages share one read. A failure is not kept. */
export class Cached<Result> {
  readonly #read: () => Promise<Result>;
  readonly #keptMs: number;
  #reading: Promise<Result> | undefined;
  #readAt = -Infinity;

  /** @param keptMs milliseconds from the beginning of a read */
  constructor(keptMs: number, read: () => Promise<Result>) {
    this.#keptMs = keptMs;
    this.#read = read;
  }

  /** Returns what was read lately, or reads it. */
  get(): Promise<Result> {
    if (this.#reading && performance.now() - this.#readAt < this.#keptMs) return this.#reading;
    this.#readAt = performance.now();
    const reading = this.#read();
    this.#reading = reading;
    reading.catch(() => {
      if (this.#reading === reading) this.forget();
    });
    return reading;
  }

  /** Reads anew the next time: something has changed. */
  forget(): void {
    this.#reading = undefined;
  }
}
