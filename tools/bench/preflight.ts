import "../../testbed/environment";
import type { GraphResource } from "../../graph/resource";
import { preflight } from "../../preflight/preflight";
import { program } from "../../testbed/program";

/** This program as so many stacks, each with texts of its own. */
export async function stacksOf(count: number): Promise<GraphResource[][]> {
  const stacks: GraphResource[][] = [];
  for (let index = 0; index < count; index++) stacks.push((await program({}, { stack: `s${index}` })).resources);
  return stacks;
}

/** Milliseconds that the preflight of these resources takes. */
export function timeOf(resources: readonly GraphResource[]): number {
  const started = performance.now();
  preflight(resources);
  return performance.now() - started;
}

/** `node -r ts-node/register tools/bench/preflight.ts 5`: the first preflight of five stacks in a process, then seven more. */
async function main(): Promise<void> {
  const resources = (await stacksOf(Number(process.argv[2] ?? 1))).flat();
  const [cold, ...warm] = Array.from({ length: 8 }, () => timeOf(resources).toFixed(0));
  console.log(`${resources.length} resources: ${cold} ms, then ${warm.join(", ")} ms`);
}

if (require.main === module) void main();
