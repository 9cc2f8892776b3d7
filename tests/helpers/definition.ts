import { Type } from "../../preflight/graph/types";
import { program } from "../../testbed/program";

export interface Retry {
  ErrorEquals: string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate?: number;
  JitterStrategy?: string;
  MaxDelaySeconds?: number;
}
export interface State {
  Type: string;
  Resource?: string;
  Next?: string;
  Choices?: { Condition: string; Next: string }[];
  Default?: string;
  Assign?: object;
  Output?: unknown;
  Arguments?: unknown;
  TimeoutSeconds?: number;
  Retry?: Retry[];
  Catch?: { ErrorEquals: string[]; Assign?: object; Next: string }[];
}
export interface Definition {
  QueryLanguage: string;
  TimeoutSeconds: number;
  States: {
    ForEachEvent: {
      Items: string;
      ItemSelector: Record<string, string>;
      ItemProcessor: { ProcessorConfig: object; StartAt: string; States: Record<string, State> };
      Output: string;
      Next: string;
    };
    AllSettled: { Type: string; Choices: { Condition: string; Next: string }[]; Default: string };
    EventsUnsettled: { Type: string; Error: string; Cause: string };
    Settled: { Type: string };
  };
}

/** Returns the state machine's definition, as text and parsed, and the states inside its Map. */
export async function workflowDefinition() {
  const text = (await program()).one(Type.stateMachine).inputs.definition as string;
  const definition = JSON.parse(text) as Definition;
  return { text, definition, states: definition.States.ForEachEvent.ItemProcessor.States };
}
