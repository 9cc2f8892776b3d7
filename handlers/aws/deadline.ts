import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import type { Context } from "aws-lambda";

/** Milliseconds that an invocation keeps for its last words: a log line, its metrics, the answer. */
const reserveMs = 1_000;

const deadlines = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs the work of an invocation, and ends its calls once they have taken `mostMs` together, or once Lambda leaves no more time than
 * the last words need. Tries and timeouts bound one call alone: several slow ones, or an answer that comes byte by byte, would outlast
 * the source's patience, API Gateway's 29 s and Lambda's own limit, which kills without a word.
 */
export function withDeadline<T>(context: Context, work: () => Promise<T>, mostMs = Infinity): Promise<T> {
  const milliseconds = Math.min(mostMs, context.getRemainingTimeInMillis() - reserveMs);
  const signal = AbortSignal.timeout(Math.max(0, milliseconds));
  // Every call that is under way listens to it, some twice: Node.js would take more than ten for a leak.
  setMaxListeners(0, signal);
  return deadlines.run(signal, work);
}

/** Ends a call of the SDK's at the deadline, between its tries as well as in one: to be given to each `send`. */
export function inTime(): { abortSignal: AbortSignal | undefined } {
  return { abortSignal: deadlines.getStore() };
}

/** A signal at the deadline, or after so many milliseconds if that is sooner. */
export function within(milliseconds: number): AbortSignal {
  const deadline = deadlines.getStore();
  const timeout = AbortSignal.timeout(milliseconds);
  return deadline ? AbortSignal.any([timeout, deadline]) : timeout;
}
