/**
 * Stops a deployment at a known point, so that a test can kill it there. AWS creates one resource, but its response does not arrive. The
 * request for another never reaches AWS. Once both are waiting, no further request reaches AWS.
 */
export class Standstill {
  /** Creations without a response, such as `aws:iam/role:Role webhook-processor-process-role`. */
  readonly unanswered: string[] = [];
  readonly #made: string;
  readonly #notMade: string;

  constructor(made: string, notMade: string) {
    this.#made = made;
    this.#notMade = notMade;
  }

  async create<T>(step: string, make: () => T): Promise<T> {
    const isReached = [this.#made, this.#notMade].every((one) => this.unanswered.includes(one));
    if (!isReached && step !== this.#made && step !== this.#notMade) return make();
    if (step === this.#made) make();
    this.unanswered.push(step);
    return new Promise<never>(() => {});
  }
}
