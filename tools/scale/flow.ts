/** What fills at a rate up to a bound, and is taken from: API Gateway's throttle, Lambda's rate of further environments.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
export class TokenBucket {
  #tokens: number;

  constructor(
    readonly perSecond: number,
    readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  /** @returns how many of those that are asked for are there in this step */
  take(asked: number, seconds: number): number {
    const taken = Math.min(asked, this.#tokens + this.perSecond * seconds);
    this.#tokens = Math.min(this.burst, this.#tokens + this.perSecond * seconds - taken);
    return taken;
  }
}

/** Concurrent executions of a function: environments that are there stay, further ones come at Lambda's rate. */
export class Environments {
  #there = 0;
  readonly #further: TokenBucket;

  constructor(
    readonly seconds: number,
    perTenSeconds: number,
  ) {
    this.#further = new TokenBucket(perTenSeconds / 10, perTenSeconds);
  }

  /** @returns how many of those that are asked for find an environment, if there may be so many */
  take(asked: number, step: number, limit: number): number {
    const needed = (asked / step) * this.seconds;
    const missing = Math.max(0, Math.min(needed, limit) - this.#there);
    this.#there += this.#further.take(missing, step);
    return Math.min(asked, (Math.min(this.#there, limit) / this.seconds) * step);
  }
}

/** What an on-demand table takes: at once what a new one does, later twice its highest use of half an hour before.
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

/** First in, first out: how long the oldest waits, of what came and left in sums. */
export class Waiting {
  readonly #sums: number[] = [];
  #oldest = 0;

  /** @param arrived, left sums from the beginning @returns seconds that the oldest waits, 0 if none does */
  age(arrived: number, left: number, step: number): number {
    this.#sums.push(arrived);
    while (this.#oldest < this.#sums.length && this.#sums[this.#oldest] <= left + 1e-6) this.#oldest++;
    return (this.#sums.length - this.#oldest) * step;
  }
}
