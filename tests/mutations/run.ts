import { preflight } from "../../preflight/preflight";
import { equipped, guarded, program, type ProgramConfig } from "../../testbed/program";
import { mutationsOf } from "./generate";
import { describeMutation, mutate, type MutationKind, type Mutation } from "./mutation";
import { Specifications } from "./specifications";

/** What noticed a change: the rules, a specification, or nothing. */
export interface MutationOutcome {
  mutation: string;
  kind: MutationKind;
  by: "rules" | "tests" | "nothing";
}

/** The stacks that are changed: as it is by default, and with all that can be asked for. */
const stacks: ProgramConfig[] = [{}, { ...equipped, auditTrail: true }, guarded];

interface Candidate {
  mutation: Mutation;
  settings: ProgramConfig;
}

/** Every change of any of the stacks, each once: what the first has is not changed again in the next. */
export async function allMutations(): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const settings of stacks)
    for (const mutation of mutationsOf((await program(settings)).resources)) {
      const key = describeMutation(mutation);
      if (!found.has(key)) found.set(key, { mutation, settings });
    }
  return [...found.values()];
}

/** Makes one change after the other, and tells who noticed. */
export async function tryMutations(candidates: readonly Candidate[], onOutcome: (outcome: MutationOutcome) => void): Promise<void> {
  const specifications = new Specifications();
  const broken = await specifications.firstBroken();
  if (broken !== undefined) throw new Error(`Without any change, this does not hold: ${broken}`);
  for (const { mutation, settings } of candidates) {
    const { resources } = await program(settings);
    const found = preflight(mutate(resources, mutation)!).length > 0;
    const by = found ? "rules" : (await specifications.firstBroken(mutation)) !== undefined ? "tests" : "nothing";
    onOutcome({ mutation: describeMutation(mutation), kind: mutation.kind, by });
  }
}
