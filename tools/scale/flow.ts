/** A token bucket, such as API Gateway's throttle or Lambda's rate of new environments.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
export class TokenBucket {
  #tokens: number;

  constructor(
    readonly perSecond: number,
    readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** Takes tokens. @returns the tokens available in this step, at most as many as asked for */
  take(asked: number, seconds: number): number {
    const taken = Math.min(asked, this.#tokens + this.perSecond * seconds);
    this.#tokens = Math.min(this.burst, this.#tokens + this.perSecond * seconds - taken);
    return taken;
  }
}

/** Execution environments of a function. Existing ones stay, and new ones start at Lambda's rate. */
export class Environments {
  #there = 0;
  readonly #further: TokenBucket;

  constructor(
    readonly seconds: number,
    perTenSeconds: number,
  ) {
    this.#further = new TokenBucket(perTenSeconds / 10, perTenSeconds);
  }

  /** Runs invocations. @param limit most concurrent executions @returns the invocations that find an environment */
  take(asked: number, step: number, limit: number): number {
    const needed = (asked / step) * this.seconds;
    const missing = Math.max(0, Math.min(needed, limit) - this.#there);
    this.#there += this.#further.take(missing, step);
    return Math.min(asked, (Math.min(this.#there, limit) / this.seconds) * step);
  }
}

/** Writes that an on-demand table takes: first those of a new table, later twice its peak of half an hour before.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html */
export class WarmThroughput {
  #peak = 0;
  #before = 0;
  #windowEnds = windowSeconds;

  constructor(
    readonly atFirst: number,
    readonly atMost: number,
  ) {}

  get unitsPerSecond(): number {
    return Math.min(this.atMost, Math.max(this.atFirst, 2 * this.#before));
  }

  use(unitsPerSecond: number, second: number): void {
    if (second >= this.#windowEnds) {
      this.#before = Math.max(this.#before, this.#peak);
      this.#windowEnds = second + windowSeconds;
    }
    this.#peak = Math.max(this.#peak, unitsPerSecond);
  }
}

const windowSeconds = 30 * 60;

/** A first-in, first-out queue that tells how long its oldest event has waited. */
export class Waiting {
  readonly #sums: number[] = [];
  #oldest = 0;

  /** Adds a step. @param arrived, left sums from the beginning @returns seconds that the oldest event has waited, or 0 */
  age(arrived: number, left: number, step: number): number {
    this.#sums.push(arrived);
    while (this.#oldest < this.#sums.length && this.#sums[this.#oldest] <= left + 1e-6) this.#oldest++;
    return (this.#sums.length - this.#oldest) * step;
  }
}
