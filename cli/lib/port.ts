import { UsageError } from "./errors";

/** Milliseconds for the port to answer, if something listens. */
const answerTimeoutMs = 5_000;

/** Refuses a port that no HTTP client of the web's may use. @see https://fetch.spec.whatwg.org/#port-blocking */
export async function requireFetchable(port: number): Promise<void> {
  const { cause } = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    () => ({ cause: undefined }),
    (error: Error) => error,
  );
  if (cause instanceof Error && cause.message === "bad port")
    throw new UsageError(`--port is ${port}, which browsers and Node.js refuse to call. Allowed: another port, such as 4566.`);
}
