import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { DeleteFunctionConcurrencyCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { CreatePipeCommand, DeletePipeCommand, DescribePipeCommand, type DescribePipeCommandOutput } from "@aws-sdk/client-pipes";
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  type DescribeStateMachineCommandOutput,
} from "@aws-sdk/client-sfn";
import { Attribute, byStatusIndex, Status } from "../../domain/event";
import type { Clients } from "../../local/clients";
import type { RunningAws } from "../../local/ministack";
import type { PipelineOutputs } from "../../local/pipeline";
import type { Disturbance } from "./plan";
import type { Random } from "./random";

const run = promisify(execFile);

/** What has been done to the pipeline. */
export interface Disturbed {
  workersKilled: number;
  restarts: number;
}

export interface Disturbable {
  aws: RunningAws;
  clients: Clients;
  outputs: PipelineOutputs;
}

/** How often it is looked whether the next disturbance is due. */
const lookEveryMs = 20;
/** How often it is looked whether an event has FAILED while the function is throttled, and how long at the most. */
const failed = { lookEveryMs: 500, timeoutMs: 15_000 };
/** The most workers that one kill takes. */
const mostKilled = 4;

/**
 * Does each when it is due, one after the other.
 * @param answered how many deliveries are answered by now
 * @param disturbed counted up as it goes: the line of progress reads it meanwhile
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

/** Kills some of the processes that run the functions, whatever they are doing. @returns how many */
async function killWorkers(aws: RunningAws, random: Random): Promise<number> {
  const victims = random.shuffled(await workersOf(aws.processGroup())).slice(0, random.between(1, mostKilled));
  return victims.filter(kill).length;
}

/** Ids of the Node.js processes in the local AWS's group: it is a Python process itself. */
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
    // It has ended by now.
    return false;
  }
}

/** Allows the processing function no execution, as an operator's emergency brake does, until an event has FAILED of it. */
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

async function countFailed({ dynamodb }: Clients, { tableName }: PipelineOutputs): Promise<number> {
  const { Count } = await dynamodb.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: byStatusIndex,
      Select: "COUNT",
      KeyConditionExpression: "#status = :failed",
      ExpressionAttributeNames: { "#status": Attribute.status },
      ExpressionAttributeValues: { ":failed": { S: Status.failed } },
    }),
  );
  return Count!;
}

/**
 * Ends the local AWS in the middle of everything and starts it again, then mends what AWS would not have lost:
 *
 * - It forgets the stream's records, where AWS keeps them for a day, but keeps the pipe's place among them: its pipe would wait until as
 *   many new records have come. A new pipe begins where the stream is now; what the forgotten records would have handed
 *   over is left to the reconciler.
 * - It stores no state machine at all if an execution writes its history just while it copies them.
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
