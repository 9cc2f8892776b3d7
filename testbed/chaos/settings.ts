import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { executionTimeoutSeconds, leaseSeconds } from "../../domain/processing";
import { Variable } from "../../domain/variables";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";

/** Shortened times of a run, in seconds. */
export interface ChaosSettings {
  /** Replaces `leaseSeconds` (360). */
  lease: number;
  /** Replaces `executionTimeoutSeconds` (290). Shorter than the lease. */
  executionTimeout: number;
  /** Replaces `staleSeconds` (900). As long as the lease at least: the reconciler looks at no event before a lease has passed. */
  stale: number;
}

/** Most records of a batch in AWS. MiniStack's pipe delivers everything that has arrived, and its Map would process all at once. */
const recordsAtOnce = 10;

/** Returns the times for a number of events. With more events, each waits longer for MiniStack, and its lease must outlast that. */
export function settingsFor(events: number): ChaosSettings {
  return events <= 1_000 ? { lease: 20, executionTimeout: 15, stale: 20 } : { lease: 40, executionTimeout: 30, stale: 40 };
}

/**
 * Shortens minutes to seconds through AWS's APIs, as an operator could. The code of functions and states is unchanged.
 * @throws Error if the deployed definition lacks a number that it replaces
 */
export async function compressTime({ lambda, sfn }: Clients, outputs: PipelineOutputs, settings: ChaosSettings): Promise<void> {
  for (const FunctionName of [outputs.receiveFunctionName, outputs.processFunctionName, outputs.reconcileFunctionName]) {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = shortened(Environment?.Variables ?? {}, settings);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }

  const { stateMachineArn } = outputs;
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: compressed(definition!, settings) }));
}

/** Returns a function's variables with shorter times, those that it has. */
export function shortened(variables: Record<string, string>, { lease, stale }: ChaosSettings): Record<string, string> {
  const shorter = { [Variable.leaseSeconds]: String(lease), [Variable.staleSeconds]: String(stale) };
  return { ...variables, ...Object.fromEntries(Object.entries(shorter).filter(([name]) => name in variables)) };
}

/** Returns a definition with shorter lease and timeout. @throws Error if its lease or timeout differs from domain/processing.ts */
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
  if (parts.length !== 2)
    throw new Error(`The deployed definition contains "${from}" ${parts.length - 1} times, but must contain it once.`);
  return parts.join(to);
}
