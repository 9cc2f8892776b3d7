import jsonata from "jsonata";
import type { Clock } from "./clock";
import { Crash } from "./faults";

/** An error with Step Functions' name for it. */
export class TaskError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const timedOut = () => new TaskError("States.Timeout", "The task timed out");

export interface Machine {
  clock: Clock;
  /** Makes a Task's call. @throws TaskError, or Crash if the whole execution dies */
  call: (state: string, resource: string, parameters: Parameters, timeoutSeconds: number | undefined) => Promise<unknown>;
  /** Records an entry of the execution history. */
  record: (data: unknown) => void;
  onRetry: () => void;
}
export type Parameters = Record<string, unknown>;
export type ExecutionStatus = "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "DIED";

interface State {
  Type: "Task" | "Map" | "Choice" | "Succeed" | "Fail";
  Next?: string;
  Resource?: string;
  Arguments?: unknown;
  Assign?: unknown;
  Output?: unknown;
  Items?: unknown;
  ItemSelector?: unknown;
  ItemProcessor?: States;
  Choices?: { Condition: string; Next: string }[];
  Default?: string;
  Error?: string;
  Cause?: string;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Assign?: unknown; Next: string }[];
}
interface States {
  StartAt: string;
  States: Record<string, State>;
}
interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
}

/** State that the branches of an execution share. */
interface Execution {
  machine: Machine;
  name: string;
  deadline: number;
  /** Error that stopped all branches: one has failed, or the execution has died. */
  stoppedBy: Error | undefined;
}
type Variables = Record<string, unknown>;

/**
 * Runs a state machine in JSONata with the states that this program uses: Task with Retry and Catch, inline Map, Choice, Succeed, Fail.
 * Jitter is left out: every retry waits for the maximum.
 * @see https://states-language.net/spec.html
 */
export async function execute(
  definition: States & { TimeoutSeconds: number },
  name: string,
  input: unknown,
  machine: Machine,
): Promise<ExecutionStatus> {
  const deadline = machine.clock.now + definition.TimeoutSeconds * 1_000;
  const execution: Execution = { machine, name, deadline, stoppedBy: undefined };
  try {
    await runStates(definition, input, execution, {});
    return "SUCCEEDED";
  } catch (error) {
    if (error instanceof Crash) return "DIED";
    if (!(error instanceof TaskError)) throw error;
    machine.record({ error: error.code, cause: error.message });
    return machine.clock.now >= deadline ? "TIMED_OUT" : "FAILED";
  }
}

async function runStates({ StartAt, States }: States, input: unknown, execution: Execution, mapContext: object): Promise<unknown> {
  const variables: Variables = {};
  let value = input;
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const state: State = States[name];
    execution.machine.record({ entered: name, input: value });
    const context = { Execution: { Id: `arn:${execution.name}`, Name: execution.name }, ...mapContext };
    const scope = { states: { input: value, context }, ...variables };
    switch (state.Type) {
      case "Succeed":
        return state.Output === undefined ? value : render(state.Output, scope);
      case "Fail":
        throw new TaskError(state.Error!, state.Cause!);
      case "Choice":
        name = await chosen(state, scope);
        break;
      case "Map":
        value = await mapped(state, scope, execution);
        name = state.Next;
        break;
      case "Task": {
        const done = await task(name, state, scope, execution);
        Object.assign(variables, done.assigned);
        value = done.output;
        name = done.next;
      }
    }
  }
  return value;
}

async function chosen({ Choices = [], Default }: State, scope: Variables): Promise<string | undefined> {
  for (const { Condition, Next } of Choices) if (await render(Condition, scope)) return Next;
  return Default;
}

async function mapped({ Items, ItemSelector, ItemProcessor, Output }: State, scope: Variables, execution: Execution): Promise<unknown> {
  const items = (await render(Items, scope)) as unknown[];
  const states = scope.states as { context: object };
  const branch = (Value: unknown, Index: number) => async () => {
    const context = { ...states.context, Map: { Item: { Value, Index } } };
    const input = await render(ItemSelector, { ...scope, states: { ...states, context } });
    return runStates(ItemProcessor!, input, execution, context).catch((error: Error) => void (execution.stoppedBy ??= error));
  };
  const results = await execution.machine.clock.all(items.map(branch));
  if (execution.stoppedBy) throw execution.stoppedBy;
  return render(Output, { ...scope, states: { ...states, result: results } });
}

async function task(name: string, state: State, scope: Variables, execution: Execution) {
  const states = scope.states as object;
  const tries = new Map<Retrier, number>();
  for (;;) {
    try {
      const parameters = (await render(state.Arguments, scope)) as Parameters;
      const result = await call(name, state, parameters, execution);
      const seen = { ...scope, states: { ...states, result } };
      const output = state.Output === undefined ? result : await render(state.Output, seen);
      execution.machine.record({ left: name, output });
      return { output, assigned: (await render(state.Assign ?? {}, seen)) as Variables, next: state.Next };
    } catch (error) {
      if (!(error instanceof TaskError) || outOfTime(execution)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
      const before = retrier ? (tries.get(retrier) ?? 0) : 0;
      if (retrier && before < retrier.MaxAttempts) {
        tries.set(retrier, before + 1);
        await backOff(retrier, before, error, execution);
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
      if (!catcher) throw error;
      const errorOutput = { Error: error.code, Cause: error.message };
      execution.machine.record({ caught: name, errorOutput });
      const assigned = (await render(catcher.Assign ?? {}, { ...scope, states: { ...states, errorOutput } })) as Variables;
      return { output: errorOutput, assigned, next: catcher.Next };
    }
  }
}

/** Makes a Task's call. A stopped execution makes none. @throws TaskError, Crash */
async function call(name: string, { Resource, TimeoutSeconds }: State, parameters: Parameters, execution: Execution): Promise<unknown> {
  if (execution.stoppedBy) throw new Crash();
  execution.machine.record({ calls: name, parameters });
  try {
    return await execution.machine.call(name, Resource!, parameters, TimeoutSeconds);
  } catch (error) {
    if (error instanceof Crash) execution.stoppedBy ??= error;
    throw error;
  }
}

const outOfTime = ({ machine, deadline }: Execution) => machine.clock.now >= deadline;

/** Waits as a retrier says. @param before its retries so far @throws the error if the execution times out meanwhile */
async function backOff(
  { IntervalSeconds, BackoffRate = 2, MaxDelaySeconds = Infinity }: Retrier,
  before: number,
  error: TaskError,
  execution: Execution,
): Promise<void> {
  const delay = Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds) * 1_000;
  const { clock, onRetry } = execution.machine;
  await clock.wait(Math.min(delay, execution.deadline - clock.now));
  if (outOfTime(execution)) throw error;
  onRetry();
}

function matches(errorEquals: readonly string[], { code }: TaskError): boolean {
  return errorEquals.some((name) => name === code || name === "States.ALL" || (name === "States.TaskFailed" && code !== "States.Timeout"));
}

const compiled = new Map<string, jsonata.Expression>();

/** Evaluates the expressions in a template. */
async function render(template: unknown, scope: Variables): Promise<unknown> {
  if (typeof template === "string") {
    const [, source] = /^\{%(.*)%\}$/s.exec(template) ?? [];
    if (source === undefined) return template;
    if (!compiled.has(source)) compiled.set(source, jsonata(source));
    return compiled.get(source)!.evaluate(undefined, scope);
  }
  if (Array.isArray(template)) return Promise.all(template.map((part) => render(part, scope)));
  if (typeof template !== "object" || template === null) return template;
  const parts = await Promise.all(Object.entries(template).map(async ([key, part]) => [key, await render(part, scope)] as const));
  return Object.fromEntries(parts);
}
