import { StartPipeCommand, StopPipeCommand } from "@aws-sdk/client-pipes";
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { setTimeout as sleep } from "node:timers/promises";
import { finishedEvents, sendEvents, type SentEvent } from "../bench/pipeline";
import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { withPipeline } from "../../testbed/localPipeline";
import { defaultLimits } from "./quotas";
import { mostOf, simulate, type SimulationResult } from "./simulate";
import { undemanding } from "./stack";

/** What the queues say of a run on the local AWS, and what was measured. */
export interface LocalComparison {
  what: string;
  predicted: number;
  measured: number;
  unit: "s" | "events";
}

/** When each event came and was processed, seconds from the first. */
interface Flow {
  came: number[];
  went: number[];
}

/** Events of the run by which the queues are set, and of the one that they tell. */
const [calibrating, told] = [80, 240];
const sendingClients = 4;
/** Branches of an execution at once: so few that the workflow is the narrow place, not the machine. */
const branches = 2;
/** Of what the workflow takes, in the run without a queue. */
const easy = 0.4;
const easySeconds = 15;

/**
 * Lets events come while the pipe stands still, and has it take them all: how fast it does is found with a few of them, and the queues say of
 * three times as many how many wait, for how long, and when none is left.
 */
export async function measureLocally(progress: (line: string) => void): Promise<LocalComparison[]> {
  return withPipeline("scale", async (pipeline) => {
    await narrow(pipeline);
    await flowOf(pipeline, await sendEvents(pipeline, calibrating, sendingClients));
    const alone = meanWait(await runAtRate(pipeline, 1, 10));
    const outRate = rateOf((await standstill(pipeline, calibrating)).went);
    progress(`The local workflow takes ${outRate.toFixed(1)} events a second; alone, one takes ${alone.toFixed(1)} s.`);
    const flow = await standstill(pipeline, told);
    const trickle = await runAtRate(pipeline, outRate * easy, easySeconds);
    return [
      ...compareStandstill(flow, outRate, alone),
      {
        what: `mean time of an event at ${easy * 100} % of what the workflow takes`,
        predicted: alone + meanDelay(queueOf(outRate * easy, easySeconds, outRate)),
        measured: meanWait(trickle),
        unit: "s",
      },
    ];
  });
}

function compareStandstill(flow: Flow, outRate: number, alone: number): LocalComparison[] {
  const seconds = Math.max(...flow.came);
  const outcome = queueOf(told / seconds, seconds, outRate, seconds);
  const most = mostOf(outcome, "backlog");
  return [
    { what: `most that wait, ${told} events while the pipe stands still`, predicted: most, measured: mostWaiting(flow), unit: "events" },
    { what: "all of them processed after", predicted: outcome.doneAt + alone, measured: Math.max(...flow.went), unit: "s" },
    { what: "mean time of one of them", predicted: alone + meanDelay(outcome), measured: meanWait(flow), unit: "s" },
  ];
}

/** Sends while the pipe stands still, and starts it. */
async function standstill(pipeline: LocalPipeline, events: number): Promise<Flow> {
  const { pipes } = createClients(pipeline);
  const Name = pipeline.outputs.pipeName as string;
  await pipes.send(new StopPipeCommand({ Name }));
  const sent = await sendEvents(pipeline, events, sendingClients);
  await pipes.send(new StartPipeCommand({ Name }));
  return flowOf(pipeline, sent);
}

async function narrow(pipeline: LocalPipeline): Promise<void> {
  const { sfn } = createClients(pipeline);
  const { stateMachineArn } = pipeline.outputs;
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const document = JSON.parse(definition!) as { States: { ForEachEvent: object } };
  Object.assign(document.States.ForEachEvent, { MaxConcurrency: branches });
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(document) }));
}

/** Returns the queues with one limit that counts: what the workflow takes. */
function queueOf(inRate: number, seconds: number, outRate: number, standsStill = 0): SimulationResult {
  const free = 1e9;
  const limits = { ...defaultLimits, apiRate: free, apiBurst: free, concurrency: free, putEvents: outRate };
  const working = (second: number) => second >= standsStill;
  return simulate({
    limits,
    demand: undemanding,
    arrivals: () => inRate,
    seconds,
    working,
    retries: { afterSeconds: [], spread: 0 },
    step: 0.1,
  });
}

/** Little's law: what waited on average, for as long as it took, over what came. */
function meanDelay({ moments, accepted }: SimulationResult): number {
  const step = moments.length > 1 ? moments[1].second - moments[0].second : 1;
  return moments.reduce((sum, { backlog }) => sum + backlog * step, 0) / accepted;
}

/** Sends at a rate, whether or not answers come. */
async function runAtRate(pipeline: LocalPipeline, perSecond: number, seconds: number): Promise<Flow> {
  const running: Promise<SentEvent[]>[] = [];
  for (let number = 0; number < perSecond * seconds; number++) {
    running.push(sendEvents(pipeline, 1, 1));
    await sleep(1_000 / perSecond);
  }
  return flowOf(pipeline, (await Promise.all(running)).flat());
}

async function flowOf(pipeline: LocalPipeline, sent: readonly SentEvent[]): Promise<Flow> {
  const finished = await finishedEvents(pipeline, sent);
  const start = Math.min(...sent.map(({ at }) => at));
  return {
    came: sent.map(({ at, acknowledgedAfter }) => (at + acknowledgedAfter - start) / 1_000),
    went: sent.map(({ id }) => (finished.get(id)! - start) / 1_000),
  };
}

/** Events a second, from the first to the last. */
const rateOf = (times: readonly number[]) => (times.length - 1) / (Math.max(...times) - Math.min(...times));

const meanWait = ({ came, went }: Flow) => came.reduce((sum, at, index) => sum + went[index] - at, 0) / came.length;

/** Came, and did not yet go. */
function mostWaiting({ came, went }: Flow): number {
  const changes = [...came.map((at) => [at, 1]), ...went.map((at) => [at, -1])].sort((a, b) => a[0] - b[0]);
  let [waiting, most] = [0, 0];
  for (const [, change] of changes) most = Math.max(most, (waiting += change));
  return most;
}
