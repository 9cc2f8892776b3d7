import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";

/** Does something again and again until it is told to stop; while the local AWS is down it fails, and the next time makes up for it. */
export async function repeatedly(everyMs: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What EventBridge Scheduler does every minute. */
export async function invokeReconciler({ lambda }: Clients, { reconcileFunctionName }: PipelineOutputs): Promise<void> {
  await lambda.send(new InvokeCommand({ FunctionName: reconcileFunctionName, Payload: Buffer.from("{}") }));
}
