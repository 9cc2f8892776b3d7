import type { LocalPipeline } from "../../local/pipeline";
import type { ConsoleTarget } from "../lib/target";
import type { Session } from "./api";
import type { Backend } from "./backend";
import { pause, readDestination, readDestinationViews, resume, test } from "./destinations";
import { findById, readEvents } from "./events";
import { readBody, readEventView } from "./eventView";
import { readFailures } from "./failures";
import { SharedFeed } from "./feed";
import { readHealth } from "./health";
import { readOverview } from "./overview";
import { redeliver, redrive, replay } from "./redo";
import type { RefusedRequests } from "./refused";
import { readRunbook } from "./runbook";
import { newSample, sendSample } from "./samples";
import { readSources } from "./sources";

/** Milliseconds between two polls: each reads the indexes, which costs money in AWS. */
const pollMs = { local: 1_000, aws: 3_000 };

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
  const feed = new SharedFeed(target, session.pollMs);
  return {
    session,
    overview: () => readOverview(target),
    events: (query) => readEvents(target, query),
    find: (id) => findById(target, id),
    feed: (after) => feed.read(after),
    event: (id) => readEventView(target, id),
    body: (id) => readBody(target, id),
    sources: () => readSources(target, local?.refused),
    destinations: async () => ({ destinations: await readDestinationViews(target) }),
    destination: (name, cursor) => readDestination(target, name, cursor),
    failures: () => readFailures(target),
    health: () => readHealth(target),
    runbook: async (heading) => readRunbook(heading),
    redrive: (ids) => redrive(target, ids),
    replay: (ids) => replay(target, ids),
    redeliver: (destination, ids) => redeliver(target, destination, ids),
    pause: (destination, reason) => pause(target, destination, reason),
    resume: (destination) => resume(target, destination),
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
