import { idField, samples } from "../../local/samples";
import { paymentProviders, type PaymentProvider } from "../../local/sources";
import { seeded, type Random } from "./random";

/** Sorts of requests: a genuine event, or one of three that must be refused. */
export type Sort = "genuine" | "forged" | "malformed" | "stale";

/** Kinds of signatures: as the provider signs, with another key, for another body, or an hour ago. */
export type Signature = "proper" | "other key" | "other body" | "old";

/** A request that a client repeats until it is answered. */
export interface Delivery {
  sort: Sort;
  provider: PaymentProvider;
  body: string;
  signature: Signature;
  /** ID under which it would be stored, or `undefined` for a body without an ID. */
  transactionId: string | undefined;
}

/** A disturbance, due after a number of answered deliveries. */
export interface Disturbance {
  after: number;
  what: "kill" | "throttle" | "restart";
}

/** Everything that a run does, in order. Equal seeds give equal plans. */
export interface ChaosPlan {
  deliveries: Delivery[];
  disturbances: Disturbance[];
}

/** Parts of the events: those with copies, and additional requests that must be refused. */
const share = { copied: 0.25, forged: 0.05, malformed: 0.03, stale: 0.03 };
/** Parts of the run after which the restarts happen: one up to 1,000 events, else two. */
const restartsAt = (events: number) => (events <= 1_000 ? [0.4] : [0.3, 0.6]);
/** Part of the run after which the processing function is throttled. */
const throttledAt = 0.75;
const killsFor = (events: number) => Math.max(4, Math.round(events / 100));

/** Plans a run. @param events number of different genuine events */
export function planOf(seed: number, events: number): ChaosPlan {
  const random = seeded(seed);
  const deliveries = inOrder(random, events);
  return { deliveries, disturbances: disturbances(random, events, deliveries.length) };
}

interface Placed {
  at: number;
  delivery: Delivery;
}

/** Orders the deliveries: every event once and out of order, copies at the same moment or later, the others anywhere. */
function inOrder(random: Random, events: number): Delivery[] {
  const genuine = random.shuffled(Array.from({ length: events }, (_, index) => genuineEvent(random, index)));
  const placed: Placed[] = genuine.flatMap((delivery, at) => [{ at, delivery }, ...copies(random, at, events, delivery)]);
  const refused = (sort: keyof typeof share, make: () => Delivery) =>
    Array.from({ length: Math.ceil(events * share[sort]) }, () => placed.push({ at: random.fraction() * events, delivery: make() }));
  refused("forged", () => forgedEvent(random, genuine));
  refused("malformed", () => malformedEvent(random));
  refused("stale", () => staleEvent(random));
  return placed.sort((a, b) => a.at - b.at).map(({ delivery }) => delivery);
}

function copies(random: Random, at: number, events: number, delivery: Delivery): Placed[] {
  if (random.fraction() >= share.copied) return [];
  const atOnce = random.fraction() < 0.5;
  return Array.from({ length: random.between(1, 3) }, () => ({ at: atOnce ? at : at + random.fraction() * (events - at), delivery }));
}

function genuineEvent(random: Random, index: number): Delivery {
  const provider = random.oneOf(paymentProviders);
  return signed("genuine", provider, eventBody(random, provider, index), "proper");
}

/** Half of them name an event that is sent genuinely too: neither may take its place. */
function forgedEvent(random: Random, genuine: readonly Delivery[]): Delivery {
  const signature = random.oneOf(["other key", "other body"] as const);
  const provider = random.oneOf(paymentProviders);
  if (random.fraction() < 0.5) return signed("forged", provider, eventBody(random, provider, random.between(0, genuine.length)), signature);
  const victim = random.oneOf(genuine);
  return signed("forged", victim.provider, { ...(JSON.parse(victim.body) as object), forged: true }, signature);
}

/** Square signs no time. */
function staleEvent(random: Random): Delivery {
  const provider = random.oneOf(["stripe", "paypal"] as const);
  return signed("stale", provider, eventBody(random, provider, 0), "old");
}

function malformedEvent(random: Random): Delivery {
  const provider = random.oneOf(paymentProviders);
  const withoutId = JSON.stringify({ ...samples[provider], [idField[provider]]: undefined });
  const body = random.oneOf(['{"id": ', withoutId]);
  return { sort: "malformed", provider, body, signature: "proper", transactionId: undefined };
}

function signed(sort: Sort, provider: PaymentProvider, body: Record<string, unknown>, signature: Signature): Delivery {
  const transactionId = `${provider}#${String(body[idField[provider]])}`;
  return { sort, provider, body: JSON.stringify(body), signature, transactionId };
}

const firstSecond = Date.UTC(2026, 0, 1) / 1_000;

/** A provider's sample, with an id of its own and the time of its number. */
function eventBody(random: Random, provider: PaymentProvider, index: number): Record<string, unknown> {
  const seconds = firstSecond + index;
  const time = new Date(seconds * 1_000).toISOString();
  const identity: Record<PaymentProvider, () => object> = {
    stripe: () => ({ id: `evt_${random.hex(24)}`, created: seconds }),
    square: () => ({ event_id: [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-"), created_at: time }),
    paypal: () => ({ id: `WH-${random.hex(17).toUpperCase()}`, create_time: time }),
  };
  return { ...samples[provider], ...identity[provider]() };
}

/** Kills anywhere, the others at their place, give or take a twentieth of the run. */
function disturbances(random: Random, events: number, deliveries: number): Disturbance[] {
  const near = (fraction: number) => Math.floor((fraction + (random.fraction() - 0.5) / 10) * deliveries);
  const anywhere = () => Math.floor(random.fraction() * 0.9 * deliveries);
  const kills = Array.from({ length: killsFor(events) }, () => ({ after: anywhere(), what: "kill" as const }));
  const restarts = restartsAt(events).map((fraction) => ({ after: near(fraction), what: "restart" as const }));
  const throttle = { after: near(throttledAt), what: "throttle" as const };
  return [...kills, ...restarts, throttle].sort((a, b) => a.after - b.after);
}
