import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { DeleteFunctionConcurrencyCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { CreatePipeCommand, DeletePipeCommand, DescribePipeCommand, type DescribePipeCommandOutput } from "@aws-sdk/client-pipes";
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  type DescribeStateMachineCommandOutput,
} from "@aws-sdk/client-sfn";
import type { Clients } from "../../local/clients";
import type { RunningAws } from "../../local/ministack";
import type { PipelineOutputs } from "../../local/pipeline";
import { idsIn } from "./outside";
import type { Disturbance } from "./plan";
import type { Random } from "./random";

const run = promisify(execFile);

/** Disturbances so far. */
export interface Disturbed {
  workersKilled: number;
  restarts: number;
}

export interface Disturbable {
  aws: RunningAws;
  clients: Clients;
  outputs: PipelineOutputs;
}

/** Milliseconds between checks if the next disturbance is due. */
const lookEveryMs = 20;
/** Milliseconds between checks if an event has FAILED under the throttle, and the longest wait. */
const failed = { lookEveryMs: 500, timeoutMs: 15_000 };
/** Most workers that one kill ends. */
const mostKilled = 4;

/**
 * Makes each disturbance when it is due, one after the other.
 * @param answered returns the number of answered deliveries
 * @param disturbed counted up meanwhile; the progress line reads it
 */
export async function disturb(
  target: Disturbable,
  disturbances: readonly Disturbance[],
  random: Random,
  answered: () => number,
  disturbed: Disturbed,
  signal: AbortSignal,
): Promise<void> {
  for (const { after, what } of disturbances) {
    while (answered() < after && !signal.aborted) await sleep(lookEveryMs);
    if (signal.aborted) return;
    if (what === "kill") disturbed.workersKilled += await killWorkers(target.aws, random);
    if (what === "throttle") await throttleUntilOneFailed(target, signal);
    if (what === "restart") {
      await restart(target);
      disturbed.restarts++;
    }
  }
}

/** Kills some of the processes that run functions. @returns their number */
async function killWorkers(aws: RunningAws, random: Random): Promise<number> {
  const victims = random.shuffled(await workersOf(aws.processGroup())).slice(0, random.between(1, mostKilled));
  return victims.filter(kill).length;
}

/** Lists the process IDs of Node.js in the local AWS's process group. */
async function workersOf(processGroup: number): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,pgid=,args="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, group, program]) => Number(group) === processGroup && /(^|\/)node$/.test(program))
    .map(([pid]) => Number(pid));
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    // The process has already ended.
    return false;
  }
}

/** Throttles the processing function to zero until an event has FAILED. */
async function throttleUntilOneFailed({ clients, outputs }: Disturbable, signal: AbortSignal): Promise<void> {
  const { lambda } = clients;
  const FunctionName = outputs.processFunctionName;
  const { ReservedConcurrentExecutions: reserved } = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  const before = await countFailed(clients, outputs);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  const deadline = Date.now() + failed.timeoutMs;
  while (!signal.aborted && Date.now() < deadline && (await countFailed(clients, outputs)) === before) {
    await sleep(failed.lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  if (reserved === undefined) await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: reserved }));
}

async function countFailed(clients: Clients, outputs: PipelineOutputs): Promise<number> {
  return (await idsIn("failed", clients, outputs)).length;
}

/**
 * Restarts the local AWS while events are under way, then restores what AWS would not have lost:
 *
 * - The local AWS loses the stream's records, which AWS keeps for a day, but keeps the pipe's place among them. Its pipe would wait for as
 *   many new records. A new pipe begins at the stream's current place, and the reconciler requeues the events of the lost records.
 * - It loses all state machines if an execution writes its history while they are copied.
 */
async function restart({ aws, clients: { pipes, sfn }, outputs }: Disturbable): Promise<void> {
  const { stateMachineArn } = outputs;
  const stateMachine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const pipe = await pipes.send(new DescribePipeCommand({ Name: String(outputs.pipeName) }));
  await aws.restart();
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  if (!stateMachines!.some((one) => one.stateMachineArn === stateMachineArn)) await recreateStateMachine(sfn, stateMachine);
  await recreatePipe(pipes, pipe);
}

async function recreateStateMachine(sfn: Clients["sfn"], description: DescribeStateMachineCommandOutput): Promise<void> {
  const { name, type, roleArn, definition, loggingConfiguration, tracingConfiguration } = description;
  await sfn.send(new CreateStateMachineCommand({ name, type, roleArn, definition, loggingConfiguration, tracingConfiguration }));
}

async function recreatePipe(pipes: Clients["pipes"], { Name, RoleArn, Source, Target }: DescribePipeCommandOutput): Promise<void> {
  await pipes.send(new DeletePipeCommand({ Name }));
  const SourceParameters = { DynamoDBStreamParameters: { StartingPosition: "TRIM_HORIZON" as const } };
  await pipes.send(new CreatePipeCommand({ Name, RoleArn, Source, SourceParameters, Target }));
}
