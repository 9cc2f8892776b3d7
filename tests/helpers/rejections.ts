/** Runs a program that fails within an output, which nothing awaits. @returns its errors */
export async function rejectionsOf(run: () => Promise<unknown>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const onRejection = (error: unknown) => void errors.push(error);
  const listeners = process.rawListeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", onRejection);
  try {
    await run().catch(onRejection);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener as () => void);
  }
  return errors;
}
