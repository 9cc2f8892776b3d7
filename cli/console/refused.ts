import type { Refused, RefusalWatcher } from "../../local/refusals";
import type { RefusedRequest } from "./api";

/** Newest refused requests that are kept. */
const mostKept = 200;

/** Keeps the newest refused requests of the local run in memory. */
export class RefusedRequests {
  #kept: RefusedRequest[] = [];

  /** @param watcher that reads the receiver's log whenever somebody asks; left out where `add` is called for each request */
  constructor(private readonly watcher?: Pick<RefusalWatcher, "look">) {}

  /** Keeps requests that the receiver has refused, oldest first. */
  add(refused: readonly Refused[]): void {
    const newest = refused.map(({ at, source, status, reason, sourceIp }) => ({
      at: at.toISOString(),
      source,
      status,
      reason: refusalInWords(reason),
      sourceIp: sourceIp ?? null,
    }));
    this.#kept = [...newest.reverse(), ...this.#kept].slice(0, mostKept);
  }

  /** Returns the requests, newest first. */
  async newest(): Promise<RefusedRequest[]> {
    if (this.watcher) this.add(await this.watcher.look());
    return this.#kept;
  }
}

/** Checks whose name in log and metric needs a word more. The others say what was wrong. */
const words: Readonly<Record<string, string>> = {
  mismatch: "signature mismatch",
  stale: "stale signature",
  network: "address not allowed",
};

/** Says which check a request failed, by its name in log and metric. */
export const refusalInWords = (reason: string): string => words[reason] ?? reason;
