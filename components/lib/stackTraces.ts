/**
 * Turns off stack traces. Pulumi's SDK takes one for each property of each resource, and ts-node maps every line back to TypeScript. That
 * takes a fifth of a preview's time (docs/performance.md).
 * @param environment with PULUMI_DEBUG_PROMISE_LEAKS, stack traces stay on
 */
export function disableStackTraces(environment: NodeJS.ProcessEnv = process.env): void {
  if (!environment.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
}

/** Calls `make`. To an error without a stack trace, it adds how to get one. @throws the error of `make` */
export function withStackTraceHint<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && Error.stackTraceLimit === 0)
      error.message += "\nTo see where this comes from, run the same command with PULUMI_DEBUG_PROMISE_LEAKS=1.";
    throw error;
  }
}
