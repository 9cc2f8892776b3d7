import type { LocalPipeline } from "../../local/pipeline";
import { Follower } from "../events/follow";
import type { ConsoleTarget } from "../lib/target";
import type { Session } from "./api";
import type { Backend } from "./backend";
import { Cached } from "./cached";
import { pause, readDestination, readDestinationViews, resume, test } from "./destinations";
import { findById, readEvents } from "./events";
import { readBody, readEventView } from "./eventView";
import { readFailures } from "./failures";
import { feedBounds, SharedFeed } from "./feed";
import { readHealth } from "./health";
import { readOverview } from "./overview";
import { redeliver, redrive, replay } from "./redo";
import type { RefusedRequests } from "./refused";
import { readRunbook } from "./runbook";
import { newSample, sendSample } from "./samples";
import { readSources } from "./sources";

/** Milliseconds between two polls: each reads the indexes, which costs money in AWS. */
const pollMs = { local: 1_000, aws: 3_000 };

/** Milliseconds for which a summary is kept. In AWS, secrets and metrics are billed by the call, and change seldom. */
const keptMs = { local: { overview: 1_000, health: 5_000, sources: 1_000 }, aws: { overview: 10_000, health: 300_000, sources: 300_000 } };

/** What the console may do, and what the local run gives it beside the stack's own outputs. */
export interface BackendOptions {
  /** `undefined` for the local run. */
  stack: string | undefined;
  canWrite: boolean;
  /** The local run, to which samples are sent. */
  local?: { pipeline: LocalPipeline; refused: RefusedRequests };
}

/** Answers from a pipeline, by the functions that the command line uses. */
export function pipelineBackend(target: ConsoleTarget, { stack, canWrite, local }: BackendOptions): Backend {
  const session = sessionOf(target, stack, canWrite);
  const feed = new SharedFeed(session.pollMs, () => new Follower(target, feedBounds(stack === undefined)));
  const kept = stack === undefined ? keptMs.local : keptMs.aws;
  const overview = new Cached(kept.overview, () => readOverview(target));
  const health = new Cached(kept.health, () => readHealth(target));
  const sources = new Cached(kept.sources, () => readSources(target, local?.refused));
  const changing = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    overview.forget();
    return result;
  };
  return {
    session,
    overview: () => overview.get(),
    events: (query, signal) => readEvents(target, query, signal),
    find: (id) => findById(target, id),
    feed: (after) => feed.read(after),
    event: (id) => readEventView(target, id),
    body: (id) => readBody(target, id),
    sources: () => sources.get(),
    destinations: async () => ({ destinations: await readDestinationViews(target) }),
    destination: (name, cursor) => readDestination(target, name, cursor),
    failures: () => readFailures(target),
    health: () => health.get(),
    runbook: async (heading) => readRunbook(heading),
    redrive: (ids) => changing(redrive(target, ids)),
    replay: (ids) => replay(target, ids),
    redeliver: (destination, ids) => changing(redeliver(target, destination, ids)),
    pause: (destination, reason) => changing(pause(target, destination, reason)),
    resume: (destination) => changing(resume(target, destination)),
    test: (destination) => test(target, destination),
    ...(local && {
      sample: async (source) => newSample(local.pipeline, source),
      send: (source, body) => sendSample(local.pipeline, source, body),
    }),
  };
}

function sessionOf(
  { account, region, webhookUrls, destinations, eventBusName }: ConsoleTarget,
  stack: string | undefined,
  canWrite: boolean,
): Session {
  return {
    stack: stack ?? null,
    place: stack === undefined ? "LOCAL" : "AWS",
    account: stack === undefined ? null : account,
    region,
    canWrite,
    pollMs: stack === undefined ? pollMs.local : pollMs.aws,
    sources: Object.keys(webhookUrls).sort(),
    destinations: Object.entries(destinations).map(([name, { type }]) => ({ name, type })),
    eventBusName,
  };
}
