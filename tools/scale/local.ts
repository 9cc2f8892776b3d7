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

/** A figure of a local run, predicted by the queues and measured. */
export interface LocalComparison {
  what: string;
  predicted: number;
  measured: number;
  unit: "s" | "events";
}

/** Times when each event arrived and when it was processed, in seconds from the first. */
interface Flow {
  came: number[];
  went: number[];
}

/** Events of the run that sets the queues' capacity, and of the run that they predict. */
const [calibrating, told] = [80, 240];
const sendingClients = 4;
/** Parallel branches of an execution: few, so that the workflow is the bottleneck and not the machine. */
const branches = 2;
/** Part of the workflow's capacity that the run without a queue uses. */
const easy = 0.4;
const easySeconds = 15;

/**
 * Compares the queues with the local run. Events arrive while the pipe is stopped; then it processes all of them. A small run measures the
 * workflow's rate; the queues predict a run three times as large.
 */
export async function measureLocally(progress: (line: string) => void): Promise<LocalComparison[]> {
  return withPipeline("scale", async (pipeline) => {
    await narrow(pipeline);
    await flowOf(pipeline, await sendEvents(pipeline, calibrating, sendingClients));
    const alone = meanWait(await runAtRate(pipeline, 1, 10));
    const outRate = rateOf((await standstill(pipeline, calibrating)).went);
    progress(`The local workflow processes ${outRate.toFixed(1)} events a second. A single event takes ${alone.toFixed(1)} s.`);
    const flow = await standstill(pipeline, told);
    const trickle = await runAtRate(pipeline, outRate * easy, easySeconds);
    return [
      ...compareStandstill(flow, outRate, alone),
      {
        what: `Mean time of an event at ${easy * 100} % of the workflow's capacity`,
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
    {
      what: `Most waiting, of ${told} events that arrive while the pipe is stopped`,
      predicted: most,
      measured: mostWaiting(flow),
      unit: "events",
    },
    { what: "All processed after", predicted: outcome.doneAt + alone, measured: Math.max(...flow.went), unit: "s" },
    { what: "Mean time of an event", predicted: alone + meanDelay(outcome), measured: meanWait(flow), unit: "s" },
  ];
}

/** Sends events while the pipe is stopped, then starts it. */
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

/** Simulates the queues with one effective limit: the workflow's rate. */
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

/** Returns an event's mean delay by Little's law, in seconds. */
function meanDelay({ moments, accepted }: SimulationResult): number {
  const step = moments.length > 1 ? moments[1].second - moments[0].second : 1;
  return moments.reduce((sum, { backlog }) => sum + backlog * step, 0) / accepted;
}

/** Sends at a fixed rate without waiting for responses. */
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

/** Returns events a second between the first and the last. */
const rateOf = (times: readonly number[]) => (times.length - 1) / (Math.max(...times) - Math.min(...times));

const meanWait = ({ came, went }: Flow) => came.reduce((sum, at, index) => sum + went[index] - at, 0) / came.length;

/** Returns the most events that waited at once. */
function mostWaiting({ came, went }: Flow): number {
  const changes = [...came.map((at) => [at, 1]), ...went.map((at) => [at, -1])].sort((a, b) => a[0] - b[0]);
  let [waiting, most] = [0, 0];
  for (const [, change] of changes) most = Math.max(most, (waiting += change));
  return most;
}
