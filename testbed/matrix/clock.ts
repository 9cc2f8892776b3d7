import { mock } from "node:test";

/**
 * Simulated time, which `Date` shows. It advances only when every task waits. A task is a chain of promises passed to `spawn` or `all`.
 * Apart from `wait`, it may await only what takes no simulated time.
 */
export class Clock {
  private running = 0;
  private waiting: { at: number; resume: () => void }[] = [];
  private whenIdle: (() => void) | undefined;
  private failure: { error: unknown } | undefined;

  /** @param now epoch milliseconds */
  constructor(public now: number) {
    mock.timers.enable({ apis: ["Date"], now });
  }

  /** Restores the real time. */
  end(): void {
    this.waiting = [];
    mock.timers.reset();
  }

  spawn(task: () => Promise<void>): void {
    this.running++;
    void this.settle(task());
  }

  /** Runs tasks at once. Call it from a task only. */
  async all<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
    if (tasks.length === 0) return [];
    const results: T[] = [];
    let left = tasks.length;
    return new Promise((resolve) => {
      tasks.forEach((task, index) =>
        this.spawn(async () => {
          results[index] = await task();
          if (--left > 0) return;
          this.running++;
          resolve(results);
        }),
      );
      this.pause();
    });
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const at = this.now + milliseconds;
      const index = this.waiting.findIndex((other) => other.at > at);
      this.waiting.splice(index < 0 ? this.waiting.length : index, 0, { at, resume: resolve });
      this.pause();
    });
  }

  /** Lets time pass until a condition holds. @param latest epoch milliseconds @returns false if it does not hold by then @throws what a task threw */
  async runUntil(holds: () => boolean, latest: number): Promise<boolean> {
    for (;;) {
      if (this.running > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
      if (this.failure) throw this.failure.error;
      if (holds()) return true;
      const next = this.waiting.shift();
      if (!next || next.at > latest) return false;
      this.now = next.at;
      mock.timers.setTime(next.at);
      this.running++;
      next.resume();
    }
  }

  private async settle(task: Promise<void>): Promise<void> {
    try {
      await task;
    } catch (error) {
      this.failure ??= { error };
    }
    this.pause();
  }

  private pause(): void {
    if (--this.running === 0) this.whenIdle?.();
  }
}
