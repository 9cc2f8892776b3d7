import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is there. @throws Error that says what was awaited. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
}
