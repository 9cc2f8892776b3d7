import { randomBytes } from "node:crypto";
import { Attribute, Status } from "../../../domain/event";
import { clearSecrets } from "../../../handlers/deliver/secrets";
import { destinationsFileVariable, writeDestinations } from "../../destinationsFile";
import { raisedAlarms, type Raised } from "../alarms";
import { Clock } from "../clock";
import type { Item } from "../eventsTable";
import type { Fault } from "../faults";
import { connectHandlers } from "../functions";
import { captureOutput } from "../run";
import { matrixDestinations, type MatrixDestination, type MatrixSettings } from "../settings";
import { canary } from "../traffic";
import { brokenDeliveries, countRepeated, RowWatch } from "./guarantees";
import { DeliveryOperator } from "./operator";
import { DeliveryWorld } from "./world";

/** The outcome of a run. */
export interface DeliveryResult {
  /** Broken guarantees. */
  broken: string[];
  /** Number of each call. */
  calls: Map<string, number>;
  /** Deliveries that were accepted more than once. */
  repeated: number;
  /** Destinations that an operator had to resume. */
  resumed: number;
  sdkRetries: number;
  /** Milliseconds from the publication of an event until `orders` accepted it, by transaction ID. */
  took: Map<string, number>;
  alarms: Raised[];
  /** When the fault first struck, epoch milliseconds. */
  struckAt: number | undefined;
}

const minute = 60_000;
const start = Date.parse("2026-01-31T12:00:00Z");
/** Latest end of a run. */
const latest = start + 12 * 60 * minute;
/** When events are published: eight at once, so that a breaker opens, and two later. */
const moments = [...Array<number>(8).fill(0), 2 * minute, 6 * minute];
const idOf = (number: number) => `stripe#event-${number}`;
const numberOf = (transactionId: string) => Number(transactionId.split("-")[1]);

/**
 * Publishes events to three destinations while a fault strikes: `orders` is well, `billing` refuses everything for four minutes, and an
 * operator has paused `ledger` until the others are done.
 */
export async function runDeliveries(settings: MatrixSettings, faults: readonly Fault[]): Promise<DeliveryResult> {
  await connectHandlers();
  clearSecrets();
  const clock = new Clock(start);
  const output = captureOutput();
  const { random } = Math;
  // The SDK's backoff and the schedule are random, but equal runs must be equal.
  Math.random = () => 0.5;
  process.env[destinationsFileVariable] = destinationsFile();
  try {
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    const watch = new RowWatch(() => world);
    const world: DeliveryWorld = new DeliveryWorld(clock, settings, faults, secret, numberOf, watch.onChange);
    const operator = await DeliveryOperator.of(world);
    let paused = false;
    clock.spawn(async () => {
      await operator.pause("ledger");
      paused = true;
    });
    await clock.runUntil(() => paused, latest);
    const publishedAt = publish(world);
    world.start();
    operator.attend(["orders", "billing"]);
    const isDone = (...names: MatrixDestination[]) =>
      publishedAt.size === moments.length &&
      world.faults.areOver &&
      names.every((name) => world.targets.get(name)!.queue.messages.length === 0);
    await clock.runUntil(() => isDone("orders", "billing"), latest);
    const toPaused = world.targets.get("ledger")!.requests.length;
    clock.spawn(() => operator.resume("ledger"));
    await clock.runUntil(() => isDone(...matrixDestinations), latest);
    const end = clock.now + 5 * minute;
    await clock.runUntil(() => clock.now >= end, end);
    output.countMetrics(world, settings);
    const broken = brokenDeliveries(
      world,
      moments.map((_, number) => idOf(number)),
      watch,
      output.text(),
      secret,
    );
    return {
      broken: [...broken, ...(toPaused > 0 ? [`${toPaused} requests were sent to a paused destination`] : [])],
      calls: world.faults.calls,
      repeated: countRepeated(world),
      resumed: operator.resumed - 1,
      sdkRetries: world.sdkRetries,
      took: tookOf(world, publishedAt),
      alarms: await raisedAlarms({ alarms: settings.alarmsOfDeliveries }, world.metrics, start, clock.now),
      struckAt: world.faults.striking.at(-1)?.since,
    };
  } finally {
    output.end();
    clock.end();
    Math.random = random;
    delete process.env[destinationsFileVariable];
  }
}

let file: string | undefined;
function destinationsFile(): string {
  const common = { payload: "full", timeoutSeconds: 15, maxConcurrency: 2, retryHours: 72, auth: "none" } as const;
  return (file ??= writeDestinations(
    Object.fromEntries(matrixDestinations.map((name) => [name, { url: `https://${name}.example.com/webhooks`, ...common }])),
  ));
}

/** Publishes the events at their moments. @returns when each was published, filled as they are */
function publish(world: DeliveryWorld): Map<string, number> {
  const publishedAt = new Map<string, number>();
  for (const [number, moment] of moments.entries())
    world.clock.spawn(async () => {
      await world.clock.wait(moment);
      publishedAt.set(idOf(number), world.clock.now);
      world.publish(storedEvent(idOf(number)));
    });
  return publishedAt;
}

function storedEvent(transactionId: string): Item {
  return {
    [Attribute.transactionId]: { S: transactionId },
    [Attribute.status]: { S: Status.processed },
    [Attribute.source]: { S: "stripe" },
    [Attribute.eventType]: { S: "payment_intent.succeeded" },
    [Attribute.kind]: { S: "payment.succeeded" },
    [Attribute.occurredAt]: { S: "2026-01-31T12:00:00.000Z" },
    [Attribute.receivedAt]: { S: "2026-01-31T12:00:00.500Z" },
    [Attribute.payload]: { B: Buffer.from(JSON.stringify({ note: canary })) },
  };
}

function tookOf({ targets }: DeliveryWorld, publishedAt: ReadonlyMap<string, number>): Map<string, number> {
  const { accepted } = targets.get("orders")!;
  const first = (id: string) => accepted.find(({ transactionId }) => transactionId === id)?.at;
  return new Map([...publishedAt].flatMap(([id, at]) => (first(id) === undefined ? [] : [[id, first(id)! - at] as const])));
}
