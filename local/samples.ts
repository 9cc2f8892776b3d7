import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { providerNames, type ProviderName } from "../contract";

type Sample = Readonly<Record<string, unknown>>;

/** An event of each provider, as its documentation shows it. */
export const samples = Object.fromEntries(providerNames.map((provider) => [provider, readSample(provider)])) as Record<
  ProviderName,
  Sample
>;

function readSample(provider: ProviderName): Sample {
  return JSON.parse(readFileSync(path.join(__dirname, "samples", `${provider}.json`), "utf8")) as Sample;
}

/** Where each provider has its event's id. */
export const idField: Record<ProviderName, string> = { stripe: "id", square: "event_id", paypal: "id" };

/** A sample event of a provider with an id and a time of its own, so that it is never taken for a repetition. */
export function freshSample(provider: ProviderName, now = new Date()): Buffer {
  return Buffer.from(JSON.stringify({ ...samples[provider], ...identity[provider](now) }, undefined, 2));
}

const identity: Record<ProviderName, (now: Date) => object> = {
  stripe: (now) => ({ id: `evt_${randomUUID().replaceAll("-", "")}`, created: Math.floor(now.getTime() / 1000) }),
  square: (now) => ({ event_id: randomUUID(), created_at: now.toISOString() }),
  paypal: (now) => ({ id: `WH-${randomUUID().toUpperCase()}`, create_time: now.toISOString() }),
};
