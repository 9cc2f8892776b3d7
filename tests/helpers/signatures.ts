import * as assert from "node:assert/strict";

/** Returns whether a check passes: it neither throws nor returns false. */
export async function passes(check: () => unknown): Promise<boolean> {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
}

/** Asserts that a check refuses with 401 for this reason. */
export async function refusesAs(reason: string, check: () => unknown): Promise<void> {
  await assert.rejects(async () => check(), { name: "Refusal", status: 401, reason });
}
