import { idField, samples } from "../../local/samples";
import { paymentProviders, type PaymentProvider } from "../../local/sources";
import { seeded, type Random } from "./random";

/** What a request is: an event as its provider sends it, or one of the three that must be refused. */
export type Sort = "genuine" | "forged" | "malformed" | "stale";

/** How a request is signed: as the provider does, with a key of somebody else, for another body, or properly but an hour ago. */
export type Signature = "proper" | "other key" | "other body" | "old";

/** One request that a client repeats until it is answered. */
export interface Delivery {
  sort: Sort;
  provider: PaymentProvider;
  body: string;
  signature: Signature;
  /** Under which it would be stored; `undefined` for a body without an id. */
  transactionId: string | undefined;
}

/** Something done to the pipeline as soon as this many deliveries are answered. */
export interface Disturbance {
  after: number;
  what: "kill" | "throttle" | "restart";
}

/** All that a run does, in order; the same for the same numbers. */
export interface ChaosPlan {
  deliveries: Delivery[];
  disturbances: Disturbance[];
}

/** Shares of the events: how many have copies, and how many requests come beside them that must be refused. */
const share = { copied: 0.25, forged: 0.05, malformed: 0.03, stale: 0.03 };
/** Tells where in the run the restarts are; the first 1,000 events have one. */
const restartsAt = (events: number) => (events <= 1_000 ? [0.4] : [0.3, 0.6]);
/** Where in the run the processing function is throttled. */
const throttledAt = 0.75;
const killsFor = (events: number) => Math.max(4, Math.round(events / 100));

/** Plans a run. @param events how many different genuine events are sent */
export function planOf(seed: number, events: number): ChaosPlan {
  const random = seeded(seed);
  const deliveries = inOrder(random, events);
  return { deliveries, disturbances: disturbances(random, events, deliveries.length) };
}

interface Placed {
  at: number;
  delivery: Delivery;
}

/** Returns every event once, in an order that has nothing to do with their times; copies at the same moment or later; the others anywhere. */
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

/** Returns a provider's sample, with an id of its own and the time of its number. */
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
