import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { executionTimeoutSeconds, leaseSeconds } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";

/** The settings of a run, in seconds, in place of the program's own. */
export interface ChaosSettings {
  /** `leaseSeconds`, 360 otherwise. */
  lease: number;
  /** `executionTimeoutSeconds`, 290 otherwise; shorter than the lease, as there. */
  executionTimeout: number;
  /** `staleSeconds`, 900 otherwise. */
  stale: number;
}

/** The most records that a batch has in AWS. MiniStack's pipe hands over whatever has come, and its map would take all at once. */
const recordsAtOnce = 10;

/**
 * Returns the settings for so many events. The more events, the longer each waits for MiniStack, which is one process; a lease must
 * outlast that.
 */
export function settingsFor(events: number): ChaosSettings {
  return events <= 1_000 ? { lease: 20, executionTimeout: 15, stale: 15 } : { lease: 40, executionTimeout: 30, stale: 30 };
}

/**
 * Lets what takes minutes take seconds, as an operator could: by settings of what is deployed, through AWS's APIs. The code of the
 * functions and the states stays as it is.
 * @throws Error if the deployed definition does not have the number that it replaces
 */
export async function compressTime({ lambda, sfn }: Clients, outputs: PipelineOutputs, settings: ChaosSettings): Promise<void> {
  const FunctionName = outputs.reconcileFunctionName;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = { ...Environment?.Variables, [Variable.staleSeconds]: String(settings.stale) };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));

  const { stateMachineArn } = outputs;
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: compressed(definition!, settings) }));
}

/** Returns a definition with a shorter lease and timeout. @throws Error if it has another lease or timeout than domain/event.ts says */
export function compressed(definition: string, { lease, executionTimeout }: ChaosSettings): string {
  const shorter = replaceOnce(
    replaceOnce(definition, `$millis() + ${leaseSeconds * 1_000}`, `$millis() + ${lease * 1_000}`),
    `"TimeoutSeconds":${executionTimeoutSeconds}`,
    `"TimeoutSeconds":${executionTimeout}`,
  );
  const document = JSON.parse(shorter) as { States: { ForEachEvent: object } };
  const ForEachEvent = { ...document.States.ForEachEvent, MaxConcurrency: recordsAtOnce };
  return JSON.stringify({ ...document, States: { ...document.States, ForEachEvent } });
}

function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`The deployed definition has "${from}" ${parts.length - 1} times, not once.`);
  return parts.join(to);
}
