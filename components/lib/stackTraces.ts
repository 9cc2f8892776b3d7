/**
 * Leaves out stack traces: Pulumi's SDK takes one for each property of each resource, and ts-node brings every line back to TypeScript, which
 * takes a third of a preview (docs/performance.md).
 * @param environment with PULUMI_DEBUG_PROMISE_LEAKS, they stay
 */
export function leaveOutStackTraces(environment: NodeJS.ProcessEnv = process.env): void {
  if (!environment.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
}

/** Makes something; an error that has no stack trace says how to get one. @throws what `make` throws */
export function sayingWhere<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && Error.stackTraceLimit === 0)
      error.message += "\nTo see where this comes from, run the same command with PULUMI_DEBUG_PROMISE_LEAKS=1.";
    throw error;
  }
}
