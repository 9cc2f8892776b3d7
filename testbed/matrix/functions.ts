import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "aws-lambda";
import type { Service } from "../../domain/metrics";
import { openBucket } from "../../handlers/payload/bucket";
import { dynamodb } from "../../handlers/aws/dynamodb";
import { lambda as lambdaClient } from "../../handlers/aws/lambda";
import { receiverDynamodb } from "../../handlers/aws/receiverDynamodb";
import { secretsManager } from "../../handlers/aws/secretsManager";
import { clearCredentials } from "../../handlers/credentials";
import { sqs } from "../../handlers/aws/sqs";
import { handler as deliverHandler } from "../../handlers/deliver";
import { clearSecrets } from "../../handlers/deliver/secrets";
import type { Answer, OutgoingRequest } from "../../handlers/deliver/send";
import { realSurroundings } from "../../handlers/deliver/surroundings";
import { handler as processHandler } from "../../handlers/process";
import { handler as receiveHandler } from "../../handlers/receive";
import { handler as reconcileHandler } from "../../handlers/reconcile";
import { metrics as emitted } from "../../handlers/aws/telemetry";
import { lambdaContext } from "../handlers";
import type { Clock } from "./clock";
import { Crash } from "./faults";
import { connect, type Answerer, type Wire } from "./sdk";

export type FunctionName = keyof typeof Service;

/** The error of a failed invocation, as Lambda reports it. */
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
  /** Returns a signal that aborts after so many milliseconds of the invocation. */
  timeout: (milliseconds: number) => AbortSignal;
  /** Lets milliseconds pass. */
  pass: (milliseconds: number) => void;
  /** Returns the time, epoch milliseconds. */
  now: () => number;
  /** Sends a request to a destination. */
  send: (request: OutgoingRequest) => Promise<Answer>;
}
const invocations = new AsyncLocalStorage<Invocation>();

/** Returns the function that is writing to standard output. */
export const functionThatWrites = () => invocations.getStore()?.name;

let connected: Promise<unknown> | undefined;
/** Connects the handlers' own clients to the simulation of the current invocation. */
export function connectHandlers(): Promise<unknown> {
  const wire = () => invocations.getStore()!.wire;
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (milliseconds) => (invocations.getStore()?.timeout ?? timeout.bind(AbortSignal))(milliseconds);
  return (connected ??= openBucket().then(({ s3 }) =>
    Promise.all(
      [dynamodb, receiverDynamodb, secretsManager, sqs, lambdaClient, s3].map((client) => connect(client as typeof dynamodb, wire)),
    ).then(surround),
  ));
}

/** Gives `deliver` the time and the endpoints of its invocation, if it has one. */
function surround(): void {
  const { now, sleep, send } = realSurroundings;
  const invocation = () => invocations.getStore();
  Object.assign(realSurroundings, {
    now: () => (invocation()?.now ?? now)(),
    sleep: async (milliseconds: number) => (invocation()?.pass ?? sleep)(milliseconds),
    send: (request: OutgoingRequest) => (invocation()?.send ?? send)(request),
  });
}

const handlers = {
  receive: receiveHandler,
  process: processHandler,
  reconcile: reconcileHandler,
  deliver: deliverHandler,
} as unknown as Record<FunctionName, (event: unknown, context: Context) => Promise<unknown>>;

export interface Lambda {
  clock: Clock;
  timeoutSeconds: Record<FunctionName, number>;
  /** Answers a call. @param caller the calling function */
  answer: (caller: FunctionName, ...call: Parameters<Answerer>) => Promise<object>;
  /** Answers a request to a destination, for which it lets milliseconds pass; absent: no function sends any. @throws Crash */
  send?: (request: OutgoingRequest, at: number, pass: (milliseconds: number) => void) => Promise<Answer>;
  onSdkRetry: () => void;
  onEnd: (name: FunctionName, failed: boolean) => void;
}

/** Milliseconds of an invocation whose calls are all answered at once. */
const quickRunMs = 10;
let previous: Promise<unknown> = Promise.resolve();
let invoked = 0;

/** Runs a handler once, as Lambda does. All share one process, so one works at a time. @throws FunctionError */
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
  const stopwatch = new Stopwatch(quickRunMs);
  let end: (error: FunctionError) => void = () => {};
  const ended = new Promise<FunctionError>((resolve) => (end = resolve));
  const limit = lambda.timeoutSeconds[name] * 1_000;
  const killed = new FunctionError("Runtime.ExitError", "Runtime exited with error: signal: killed");
  const timedOut = new FunctionError("Sandbox.Timedout", `Task timed out after ${limit / 1_000} seconds`);
  const wire: Wire = {
    answer: (action, parameters) => lambda.answer(name, action, parameters),
    onRetry: (delay) => {
      stopwatch.pass(delay);
      lambda.onSdkRetry();
    },
    onSilence: (milliseconds) => {
      const waited = stopwatch.pass(milliseconds);
      if (stopwatch.milliseconds >= limit) end(timedOut);
      return waited;
    },
    onCrash: () => end(killed),
  };
  const awsRequestId = `invocation-${invoked++}`;
  const context: Context = { ...lambdaContext, awsRequestId, getRemainingTimeInMillis: () => limit - stopwatch.milliseconds };
  const began = lambda.clock.now;
  const now = () => began + stopwatch.milliseconds;
  const pass = (milliseconds: number) => {
    for (let left = milliseconds; left > 0 && stopwatch.milliseconds < limit;) left -= wire.onSilence(left);
  };
  const send = (request: OutgoingRequest) =>
    lambda.send!(request, now(), pass).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      wire.onCrash();
      return new Promise<never>(() => {});
    });
  const invocation = { name, wire, timeout: stopwatch.timeout, pass, now, send };
  const work = invocations.run(invocation, () => handlers[name](event, context).catch(asFunctionError));
  const outcome = await Promise.race([work, ended]);
  if (outcome === killed || outcome === timedOut) forget();
  if (stopwatch.milliseconds < limit) return { outcome, milliseconds: stopwatch.milliseconds };
  return { outcome: timedOut, milliseconds: limit };
}

/** The time of an invocation, with its timers. */
class Stopwatch {
  private readonly timers: { at: number; controller: AbortController }[] = [];

  constructor(public milliseconds: number) {}

  readonly timeout = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    this.timers.push({ at: this.milliseconds + milliseconds, controller });
    return controller.signal;
  };

  /** Lets time pass, at most until the next timer, which then aborts its signal. @returns the milliseconds passed */
  pass(milliseconds: number): number {
    const before = this.milliseconds;
    const next = this.timers.filter(({ controller }) => !controller.signal.aborted).sort((a, b) => a.at - b.at)[0];
    this.milliseconds = Math.min(this.milliseconds + milliseconds, next?.at ?? Infinity);
    if (this.milliseconds === next?.at) next.controller.abort();
    return this.milliseconds - before;
  }
}

const asFunctionError = (error: Error) => new FunctionError(error.name, error.message);

/** Clears what a container has cached, as its death does. */
function forget(): void {
  clearCredentials();
  clearSecrets();
  emitted.clearMetrics();
}
