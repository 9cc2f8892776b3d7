import "../../testbed/environment";
import type { GraphResource } from "../../preflight/graph/resource";
import { preflight } from "../../preflight/preflight";
import { program } from "../../testbed/program";
import { median, pairedRatio, type Figure } from "./samples";

/** Stacks in the large graph. */
const many = 20;

/** Measures the preflight of many stacks in one graph and of one stack. Its time should grow as the resources do. */
export async function measurePreflight({ rounds }: { rounds: number }): Promise<Figure[]> {
  const stacks: GraphResource[][] = [];
  for (let index = 0; index < many; index++) stacks.push((await program({}, { stack: `s${index}` })).resources);
  const all = stacks.flat();
  const milliseconds = (resources: readonly GraphResource[]) => {
    const started = performance.now();
    preflight(resources);
    return performance.now() - started;
  };
  milliseconds(all);
  const [single, large]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    single.push(milliseconds(stacks[0]));
    large.push(milliseconds(all));
  }
  const what = `Preflight of a stack among ${many} vs. one alone`;
  return [
    { id: "preflight-growth", what, value: pairedRatio(large, single) / many, unit: "×", bound: 2 },
    { id: "preflight-time", what: "Preflight of one stack", value: median(single), unit: "ms", bound: 1_000 },
  ];
}
