import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { localSources, type LocalSource, type PaymentProvider } from "./sources";

type Sample = Readonly<Record<string, unknown>>;

/** An event of each source, as its documentation shows it. */
export const samples = Object.fromEntries(localSources.map((source) => [source, readSample(source)])) as Record<LocalSource, Sample>;

function readSample(source: LocalSource): Sample {
  return JSON.parse(readFileSync(path.join(__dirname, "samples", `${source}.json`), "utf8")) as Sample;
}

/** Where these have their event's id. */
export const idField: Record<PaymentProvider, string> = { stripe: "id", square: "event_id", paypal: "id" };

/** A sample event with an id and a time of its own, so that it is never taken for a repetition, written as its source writes it. */
export function freshSample(source: LocalSource, now = new Date()): Buffer {
  const event = { ...samples[source], ...identity[source](now) };
  if (source === "twilio") return Buffer.from(new URLSearchParams(event as unknown as Record<string, string>).toString());
  return Buffer.from(JSON.stringify(event, undefined, 2));
}

const hex = (digits: number) => randomUUID().replaceAll("-", "").slice(0, digits);

const identity: Record<LocalSource, (now: Date) => object> = {
  stripe: (now) => ({ id: `evt_${hex(32)}`, created: Math.floor(now.getTime() / 1000) }),
  square: (now) => ({ event_id: randomUUID(), created_at: now.toISOString() }),
  paypal: (now) => ({ id: `WH-${randomUUID().toUpperCase()}`, create_time: now.toISOString() }),
  github: (now) => ({ issue: { ...(samples.github.issue as Sample), node_id: `I_${hex(16)}`, created_at: now.toISOString() } }),
  shopify: (now) => ({ id: Number.parseInt(hex(12), 16), created_at: now.toISOString() }),
  slack: (now) => ({ event_id: `Ev${hex(10).toUpperCase()}`, event_time: Math.floor(now.getTime() / 1000) }),
  twilio: () => ({ MessageSid: `SM${hex(32)}` }),
  adyen: (now) => ({ notificationItems: [adyenItem(now)] }),
  "standard-webhooks": (now) => ({ timestamp: now.toISOString(), data: { ...(samples["standard-webhooks"].data as Sample), id: hex(16) } }),
  example: () => ({ id: randomUUID() }),
};

function adyenItem(now: Date): object {
  const [{ NotificationRequestItem: item }] = samples.adyen.notificationItems as { NotificationRequestItem: Sample }[];
  return { NotificationRequestItem: { ...item, pspReference: hex(16).toUpperCase(), eventDate: now.toISOString() } };
}
