import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { codedProviders, type CodedProvider } from "../domain/sources";
import { matchesType } from "../handlers/request/eventFilter";
import { bodyOf } from "./bodies";
import { describedSample, usualTypeOf } from "./describedSample";
import { typed, usualType, type Sample } from "./sampleTypes";
import { describeSource, type LocalSource, type PaymentProvider, type SourceDescription } from "./sources";

/** An event of each provider with code, as its documentation shows it. */
export const samples = Object.fromEntries(codedProviders.map((one) => [one, readSample(one)])) as Record<CodedProvider, Sample>;

function readSample(provider: CodedProvider): Sample {
  return JSON.parse(readFileSync(path.join(__dirname, "samples", `${provider}.json`), "utf8")) as Sample;
}

/** Returns the sample of a type that has a form of its own; `undefined` if the usual sample has it, too. */
function sampleOfType(provider: CodedProvider, type: string): Sample | undefined {
  const file = path.join(__dirname, "samples", "types", `${provider}.${type.replaceAll("/", "-")}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Sample) : undefined;
}

/** Field of the event's ID. */
export const idField: Record<PaymentProvider, string> = { stripe: "id", square: "event_id", paypal: "id" };

/** A body, and the headers that the source sets for it beside those of its signature. */
export interface SampleRequest {
  body: Buffer;
  headers: Record<string, string>;
}

/** Returns a sample of a source of the local run without `--stack`, with an ID and a time of its own. */
export function freshSample(name: LocalSource, now = new Date()): Buffer {
  return sampleOf(describeSource(name), { now }).body;
}

/**
 * Returns a sample of any source, with an ID and a time of its own, so that it is no duplicate. It is of a type that the source's event
 * filter stores, and no test event where the source ignores those.
 * @param type the event type; it counts for a source whose events have one
 * @param padding bytes to add to the body
 */
export function sampleOf(
  source: SourceDescription,
  { type, now = new Date(), padding = 0 }: { type?: string; now?: Date; padding?: number } = {},
): SampleRequest {
  const { testEvents, description } = source;
  if (description !== undefined) {
    const event = describedSample(source.provider, description, now, type ?? storedType(source));
    const padded = padding > 0 && !Array.isArray(event) ? { ...(event as object), padding: "x".repeat(padding) } : event;
    return { body: bodyOf(description, padded), headers: {} };
  }
  const provider = source.provider as CodedProvider;
  const usual = (type !== undefined && sampleOfType(provider, type)) || samples[provider];
  const fresh = { ...usual, ...identity[provider](now), ...(testEvents === "ignore" && live[provider]) };
  const { event, headers } = typed(source, fresh, type ?? storedType(source));
  const padded = padding > 0 ? { ...event, padding: "x".repeat(padding) } : event;
  return { body: provider === "twilio" ? asForm(padded) : Buffer.from(JSON.stringify(padded, undefined, 2)), headers };
}

/** Returns a type that the source's event filter stores; `undefined` if the sample has such a type anyway. */
function storedType({ provider, description, events }: SourceDescription): string | undefined {
  const usual = description === undefined ? usualType[provider as CodedProvider] : usualTypeOf(provider, description);
  if (!events || usual === undefined || matchesType(usual, events)) return undefined;
  return events[0].replaceAll("*", "sample");
}

function asForm(event: Sample): Buffer {
  return Buffer.from(new URLSearchParams(event as Record<string, string>).toString());
}

/** Fields that make a live event of a sample. */
const live: Partial<Record<CodedProvider, Sample>> = { stripe: { livemode: true }, adyen: { live: "true" } };

const hex = (digits: number) => randomUUID().replaceAll("-", "").slice(0, digits);

const identity: Record<CodedProvider, (now: Date) => Sample> = {
  stripe: (now) => ({ id: `evt_${hex(32)}`, created: Math.floor(now.getTime() / 1000) }),
  square: (now) => ({ event_id: randomUUID(), created_at: now.toISOString() }),
  paypal: (now) => ({ id: `WH-${randomUUID().toUpperCase()}`, create_time: now.toISOString() }),
  github: (now) => ({ issue: { ...(samples.github.issue as Sample), node_id: `I_${hex(16)}`, created_at: now.toISOString() } }),
  shopify: (now) => ({ id: Number.parseInt(hex(12), 16), created_at: now.toISOString() }),
  slack: (now) => ({ event_id: `Ev${hex(10).toUpperCase()}`, event_time: Math.floor(now.getTime() / 1000) }),
  twilio: () => ({ MessageSid: `SM${hex(32)}` }),
  adyen: (now) => ({ notificationItems: [adyenItem(now)] }),
  "standard-webhooks": (now) => ({ timestamp: now.toISOString(), data: { ...(samples["standard-webhooks"].data as Sample), id: hex(16) } }),
};

function adyenItem(now: Date): Sample {
  const [{ NotificationRequestItem: item }] = samples.adyen.notificationItems as { NotificationRequestItem: Sample }[];
  return { NotificationRequestItem: { ...item, pspReference: hex(16).toUpperCase(), eventDate: now.toISOString() } };
}
