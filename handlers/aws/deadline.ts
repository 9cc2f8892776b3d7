import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import type { Context } from "aws-lambda";

/** Milliseconds reserved for the end of an invocation: a log line, its metrics, the answer. */
const reserveMs = 1_000;

const deadlines = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs the work of an invocation and aborts its calls at a deadline: after `mostMs` in total, or when Lambda's remaining time is only the
 * reserve. Retries and timeouts limit single calls only. Several slow calls could outlast the source's patience, API Gateway's 29 s, and
 * Lambda's own limit, which ends a function without a log line.
 */
export function withDeadline<T>(context: Context, work: () => Promise<T>, mostMs = Infinity): Promise<T> {
  const milliseconds = Math.min(mostMs, context.getRemainingTimeInMillis() - reserveMs);
  const signal = AbortSignal.timeout(Math.max(0, milliseconds));
  // Every pending call listens to it, some twice. Node.js would report more than ten listeners as a leak.
  setMaxListeners(0, signal);
  return deadlines.run(signal, work);
}

/** Returns options for `send` that abort an SDK call at the deadline, during a try or between tries. */
export function abortAtDeadline(): { abortSignal: AbortSignal | undefined } {
  return { abortSignal: deadlines.getStore() };
}

/** Returns a signal that aborts at the deadline, or after so many milliseconds if that is sooner. */
export function within(milliseconds: number): AbortSignal {
  const deadline = deadlines.getStore();
  const timeout = AbortSignal.timeout(milliseconds);
  return deadline ? AbortSignal.any([timeout, deadline]) : timeout;
}

/** Waits for work until a signal aborts. @throws AbortError, as the SDK does */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
