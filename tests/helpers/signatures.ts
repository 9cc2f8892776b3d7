import * as assert from "node:assert/strict";

/** Tells whether a check passes, as a refusal or an error says that it does not. */
export async function passes(check: () => unknown): Promise<boolean> {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
}

/** Checks that a request is refused with 401, for this reason. */
export async function refusesAs(reason: string, check: () => unknown): Promise<void> {
  await assert.rejects(async () => check(), { name: "Refusal", status: 401, reason });
}
