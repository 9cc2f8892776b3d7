import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { Engine } from "../../testbed/engine/engine";
import { median, pairedRatio, type Figure } from "./samples";

const emptyProgram = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/awsx"].map((name) => `import "${name}";`).join("\n");
/** Sources, and pipelines, of a large stack. */
const many = 20;

/** (d) The program on the real engine, beside one that imports the same packages and makes nothing. */
export async function measureProgram({ rounds }: { rounds: number }): Promise<Figure[]> {
  const engine = await Engine.start();
  try {
    // What the account keeps when a stack is destroyed would be in the way of the next round.
    const dev = await engine.stack("dev", { manageApiGatewayAccount: false });
    const empty = await emptyStack(engine);
    const against = async (id: string, what: string, run: (stack: Stack) => Promise<unknown>): Promise<Figure> => {
      const [own, others]: number[][] = [[], []];
      for (let round = 0; round < rounds; round++) {
        own.push(await milliseconds(() => run(dev)));
        others.push(await milliseconds(() => run(empty)));
        if (id === "up") for (const stack of [dev, empty]) await stack.destroy();
      }
      return { id: `program-${id}`, what: `${what}: against an empty program`, value: pairedRatio(own, others), unit: "×", bound: 1.5 };
    };
    // The first preview of a clone makes the bundles, and is not what a preview takes.
    for (const stack of [dev, empty]) await stack.preview();
    const preview = await against("preview", "preview of all that is to be made", (stack) => stack.preview());
    const up = await against("up", "up", (stack) => stack.up());
    for (const stack of [dev, empty]) await stack.up();
    const unchanged = await against("unchanged", "preview where nothing changes", (stack) => stack.preview());
    return [preview, up, unchanged, await growthBySources(engine, rounds), ...(await growthByPipelines(engine, empty))];
  } finally {
    engine.stop();
  }
}

async function emptyStack(engine: Engine): Promise<Stack> {
  writeProgram(engine, "empty", emptyProgram);
  return engine.stack("empty", {}, "empty");
}

/** Another program, with our settings: without, it would be checked for types, which ours is not. */
function writeProgram(engine: Engine, name: string, program: string): void {
  const folder = path.join(engine.projectFolder(), name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  cpSync("tsconfig.json", path.join(folder, "tsconfig.json"));
  writeFileSync(path.join(folder, "index.ts"), `${program}\n`);
}

/** A stack of one source and one of many: each has a secret of its own. */
async function growthBySources(engine: Engine, rounds: number): Promise<Figure> {
  const sources = Array.from({ length: many - 1 }, (_, number) => ({ name: `source-${number}`, provider: "github" }));
  const one = await engine.stack("one", { "webhook-pipeline:sources": ["stripe"] });
  const all = await engine.stack("many", { "webhook-pipeline:sources": ["stripe", ...sources] });
  const [small, large]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    small.push(await milliseconds(() => one.preview()));
    large.push(await milliseconds(() => all.preview()));
  }
  const what = `preview with ${many} sources (${(median(large) / 1_000).toFixed(1)} s): against one`;
  return { id: "program-growth", what, value: pairedRatio(large, small), unit: "×", bound: 1.5 };
}

/** Stacks of one pipeline and of many: what each takes beyond an empty one. */
async function growthByPipelines(engine: Engine, empty: Stack): Promise<Figure[]> {
  writeProgram(engine, "pipelines", `import ${JSON.stringify(path.join(__dirname, "pipelines"))};`);
  const stackOf = (count: number) => engine.stack(`pipelines-${count}`, { "bench:pipelines": count }, "pipelines");
  const [one, all] = [await stackOf(1), await stackOf(many)];
  const [none, single, large] = [
    await milliseconds(() => empty.preview()),
    await milliseconds(() => one.preview()),
    await milliseconds(() => all.preview()),
  ];
  const each = (large - single) / (many - 1);
  return [
    { id: "program-pipelines", what: `preview with ${many} pipelines in a stack: against one`, value: large / single, unit: "×" },
    {
      id: "program-further",
      what: "preview, a further pipeline: against what the first takes beyond an empty program",
      value: each / (single - none),
      unit: "×",
      bound: 1.5,
    },
  ];
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
