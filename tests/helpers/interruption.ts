/** What a run that is cut short leaves behind is nobody's: neither a process nor a folder of a test outlives it. */
const cleanups = new Set<() => unknown>();
let interrupted = false;

/** Has this done if the run is interrupted, or at once if it has been; the returned function says that it need not be done any more. */
export function onInterruption(cleanup: () => unknown): () => void {
  cleanups.add(cleanup);
  if (interrupted) void cleanup();
  return () => void cleanups.delete(cleanup);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Not `once`: a terminal and npm may both send it, and the second must not cut the cleaning short.
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    void Promise.allSettled([...cleanups].map(async (cleanup) => cleanup())).then(() => process.exit(130));
  });
}
