import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { ProviderName } from "../contract";

/** A sample event of a provider with an id and a time of its own, so that it is never taken for a repetition. */
export function freshSample(provider: ProviderName, now = new Date()): Buffer {
  const sample = JSON.parse(readFileSync(path.join(__dirname, "samples", `${provider}.json`), "utf8")) as Record<string, unknown>;
  return Buffer.from(JSON.stringify({ ...sample, ...identity[provider](now) }, undefined, 2));
}

const identity: Record<ProviderName, (now: Date) => object> = {
  stripe: (now) => ({ id: `evt_${randomUUID().replaceAll("-", "")}`, created: Math.floor(now.getTime() / 1000) }),
  square: (now) => ({ event_id: randomUUID(), created_at: now.toISOString() }),
  paypal: (now) => ({ id: `WH-${randomUUID().toUpperCase()}`, create_time: now.toISOString() }),
};
