import { preflight } from "../../preflight/preflight";
import { delivering, equipped, program, type ProgramConfig } from "../../testbed/program";
import { mutationsOf } from "./generate";
import { describeMutation, mutate, type MutationKind, type Mutation } from "./mutation";
import { Specifications } from "./specifications";

/** Result of a change. */
export interface MutationOutcome {
  mutation: string;
  kind: MutationKind;
  /** What noticed the change. */
  by: "rules" | "tests" | "nothing";
}

/** Stacks to change: the default one, and two with all options. */
const stacks: ProgramConfig[] = [{}, { ...equipped, auditTrail: true }, delivering];

interface Candidate {
  mutation: Mutation;
  settings: ProgramConfig;
}

/** Lists every change of the stacks, each once. */
export async function allMutations(): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const settings of stacks)
    for (const mutation of mutationsOf((await program(settings)).resources)) {
      const key = describeMutation(mutation);
      if (!found.has(key)) found.set(key, { mutation, settings });
    }
  return [...found.values()];
}

/** Tries each change and reports what noticed it. */
export async function tryMutations(candidates: readonly Candidate[], onOutcome: (outcome: MutationOutcome) => void): Promise<void> {
  const specifications = new Specifications();
  const broken = await specifications.firstBroken();
  if (broken !== undefined) throw new Error(`A specification fails without any change: ${broken}`);
  for (const { mutation, settings } of candidates) {
    const { resources } = await program(settings);
    const found = preflight(mutate(resources, mutation)!).length > 0;
    const by = found ? "rules" : (await specifications.firstBroken(mutation)) !== undefined ? "tests" : "nothing";
    onOutcome({ mutation: describeMutation(mutation), kind: mutation.kind, by });
  }
}
