import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import { Metric, MetricDimension } from "../../domain/metrics";
import { logger, metrics, publishMetrics } from "../aws/telemetry";
import { safeDescription } from "../errors";
import { settleGone } from "./gone";
import { listMappings, setMapping } from "./mapping";
import { probe } from "./probe";
import { oldestOpenRows } from "./row";
import { configuredDestinations, type ConfiguredDestination } from "./settings";
import { readState } from "./state";
import type { Surroundings } from "./surroundings";

/** `undefined` if they could not be listed: each is tried once more, and logged. */
type Mappings = Awaited<ReturnType<typeof listMappings>> | undefined;

/** What a run has seen of a destination. */
interface Seen {
  name: string;
  /** False if its mapping could not follow its state. */
  isFollowed: boolean;
  /** True also if the run has just resumed it: the metric shows each pause, however short. */
  wasPaused: boolean;
  /** Seconds; 0 if it is not paused, or not any longer. */
  pausedFor: number;
  /** Seconds since the first attempt of the oldest delivery that is tried again; 0 if there is none. */
  oldest: number;
}

/**
 * Lets the mapping of each destination follow its state, probes those whose breaker is open, settles what can't be tried any more, and
 * reports. A destination that fails does not hold up another, but the run then does not count as one that went through.
 */
export async function tend(context: Context, surroundings: Surroundings): Promise<void> {
  const mappings = await listMappings(context).catch(() => undefined);
  const seen = await Promise.all([...configuredDestinations().values()].map((one) => tendSafely(one, mappings, context, surroundings)));
  report(seen.filter((one) => one !== undefined));
  if (seen.every((one) => one?.isFollowed)) metrics.addMetric(Metric.tended, MetricUnit.Count, 1);
}

async function tendSafely(
  destination: ConfiguredDestination,
  mappings: Mappings,
  context: Context,
  surroundings: Surroundings,
): Promise<Seen | undefined> {
  try {
    return await tendOne(destination, mappings, context, surroundings);
  } catch (error) {
    logger.error("Not tended", { destination: destination.name, cause: safeDescription(error) });
    return undefined;
  }
}

async function tendOne(
  destination: ConfiguredDestination,
  mappings: Mappings,
  context: Context,
  surroundings: Surroundings,
): Promise<Seen> {
  const { name } = destination;
  const state = await readState(name, true);
  const { paused, pausedAt } = state;
  const isFollowed = await setMapping(name, paused === undefined, context, mappings);
  const resumed = paused === "breaker" && (await probe(destination, context, surroundings));
  const open = await oldestOpenRows(name);
  await settleGone(name, open, state, surroundings);
  const secondsSince = (time: string) => Math.max(0, Math.round((surroundings.now() - Date.parse(time)) / 1_000));
  const wasPaused = paused !== undefined;
  return {
    name,
    isFollowed,
    wasPaused,
    pausedFor: wasPaused && !resumed ? secondsSince(pausedAt) : 0,
    oldest: open.length === 0 ? 0 : secondsSince(open[0].since),
  };
}

/** Lets the mapping of one destination follow its state. */
export async function follow(destination: ConfiguredDestination, context: Context): Promise<void> {
  const { paused } = await readState(destination.name, true);
  await setMapping(destination.name, paused === undefined, context);
}

/** Emits the metrics of a run: those of each destination, and the longest pause. */
function report(seen: readonly Seen[]): void {
  for (const { name, wasPaused, oldest } of seen) {
    metrics.addDimension(MetricDimension.destination, name);
    metrics.addMetric(Metric.paused, MetricUnit.Count, wasPaused ? 1 : 0);
    if (oldest > 0) metrics.addMetric(Metric.oldestUndelivered, MetricUnit.Seconds, oldest);
    publishMetrics();
  }
  const longest = Math.max(0, ...seen.map(({ pausedFor }) => pausedFor));
  if (longest > 0) metrics.addMetric(Metric.longestPause, MetricUnit.Seconds, longest);
}
