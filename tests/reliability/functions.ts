import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "aws-lambda";
import type { Service } from "../../contract";
import { openBucket } from "../../handlers/bucket";
import { dynamodb, secretsManager } from "../../handlers/clients";
import { clearCredentials } from "../../handlers/credentials";
import { sqs } from "../../handlers/deadLetters";
import { handler as processHandler } from "../../handlers/process";
import { handler as receiveHandler } from "../../handlers/receive";
import { handler as reconcileHandler } from "../../handlers/reconcile";
import { metrics as emitted } from "../../handlers/telemetry";
import { lambdaContext } from "../helpers/handlers";
import type { Clock } from "./clock";
import { connect, type Answerer, type Wire } from "./sdk";

export type FunctionName = keyof typeof Service;

/** An error with which an invocation ended, as Lambda reports it. */
export class FunctionError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

interface Invocation {
  name: FunctionName;
  wire: Wire;
}
const invocations = new AsyncLocalStorage<Invocation>();

/** Which function writes to standard output now. */
export const functionThatWrites = () => invocations.getStore()?.name;

let connected: Promise<unknown> | undefined;
/** The handlers' own clients reach the simulation of whichever invocation they work for. */
export function connectHandlers(): Promise<unknown> {
  const wire = () => invocations.getStore()!.wire;
  return (connected ??= openBucket().then(({ s3 }) =>
    Promise.all([dynamodb, secretsManager, sqs, s3].map((client) => connect(client as typeof dynamodb, wire))),
  ));
}

const handlers = {
  receive: receiveHandler,
  process: processHandler,
  reconcile: reconcileHandler,
} as unknown as Record<FunctionName, (event: unknown, context: Context) => Promise<unknown>>;

export interface Lambda {
  clock: Clock;
  timeoutSeconds: Record<FunctionName, number>;
  /** @param caller the function that calls */
  answer: (caller: FunctionName, ...call: Parameters<Answerer>) => Promise<object>;
  onSdkRetry: () => void;
  onEnd: (name: FunctionName, failed: boolean) => void;
}

/** Milliseconds of a run in which every call is answered at once. */
const quickRunMs = 10;
/** Milliseconds after which a try that nobody answers is given up; handlers/clients.ts sets it. */
const requestTimeoutMs = 3_000;
let previous: Promise<unknown> = Promise.resolve();
let invoked = 0;

/** Runs a handler once, as Lambda does. All share one process here, so one works at a time. @throws FunctionError */
export async function invoke(lambda: Lambda, name: FunctionName, event: unknown): Promise<unknown> {
  const ended = previous.then(() => run(lambda, name, event));
  previous = ended.catch(() => undefined);
  const { outcome, milliseconds } = await ended;
  await lambda.clock.wait(milliseconds);
  const failed = outcome instanceof FunctionError;
  lambda.onEnd(name, failed);
  if (failed) throw outcome;
  return outcome;
}

async function run(lambda: Lambda, name: FunctionName, event: unknown): Promise<{ outcome: unknown; milliseconds: number }> {
  let milliseconds = quickRunMs;
  let crash = () => {};
  const killed = new FunctionError("Runtime.ExitError", "Runtime exited with error: signal: killed");
  const crashed = new Promise<FunctionError>((resolve) => (crash = () => resolve(killed)));
  const limit = lambda.timeoutSeconds[name] * 1_000;
  const wire: Wire = {
    answer: (action, parameters) => lambda.answer(name, action, parameters),
    onRetry: (delay) => {
      milliseconds += delay;
      lambda.onSdkRetry();
    },
    onTimeout: () => (milliseconds += requestTimeoutMs),
    onCrash: () => crash(),
  };
  const awsRequestId = `invocation-${invoked++}`;
  const context: Context = { ...lambdaContext, awsRequestId, getRemainingTimeInMillis: () => limit - milliseconds };
  const work = invocations.run({ name, wire }, () => handlers[name](event, context).catch(asFunctionError));
  const outcome = await Promise.race([work, crashed]);
  if (outcome === killed) forget();
  if (milliseconds < limit) return { outcome, milliseconds };
  return { outcome: new FunctionError("Sandbox.Timedout", `Task timed out after ${limit / 1_000} seconds`), milliseconds: limit };
}

const asFunctionError = (error: Error) => new FunctionError(error.name, error.message);

/** What a container knows dies with it. */
function forget(): void {
  clearCredentials();
  emitted.clearMetrics();
}
