import type { GraphResource } from "./graph/resource";
import { Type } from "./graph/types";
import { each, labeled, type Problems } from "./check";
import { fields, list, type Graph } from "./graph/graph";

/** A state of Amazon States Language. @see https://states-language.net/spec.html */
export interface State {
  Type: string;
  Resource?: unknown;
  Arguments?: unknown;
  Parameters?: unknown;
  QueryLanguage?: string;
  [field: string]: unknown;
}

/** A state with its name and context. */
export interface NamedState {
  name: string;
  state: State;
  /** Query language of its expressions: its own, or that of the enclosing state or definition. */
  language: string;
  /** The states beside it, and the first one. */
  scope: StateScope;
}

export interface StateScope {
  StartAt?: unknown;
  States?: Record<string, State>;
}

/** Lists every state of a definition, including those inside Map and Parallel. */
export function statesOf(definition: Record<string, unknown> | undefined, outer = "JSONPath"): NamedState[] {
  if (!definition) return [];
  const scope = definition as StateScope;
  const language = (definition.QueryLanguage as string | undefined) ?? outer;
  return Object.entries(fields(scope.States) as Record<string, State>).flatMap(([name, given]) => {
    const state = fields(given) as unknown as State;
    const own = state.QueryLanguage ?? language;
    const within = [state.ItemProcessor, state.Iterator, ...list(state.Branches)];
    return [{ name, state, language: own, scope }, ...within.flatMap((one) => statesOf(fields(one), own))];
  });
}

/** Checks each state of each state machine. Each sentence begins with the state. */
export const eachState = (problems: (state: NamedState, machine: GraphResource, graph: Graph) => Problems) =>
  each(Type.stateMachine, (machine, graph) =>
    statesOf(graph.document(machine, "definition")).map((one) => labeled(`the state ${one.name}`, problems(one, machine, graph))),
  );
