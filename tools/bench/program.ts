import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { Engine } from "../../testbed/engine/engine";
import { median, pairedRatio, type Figure } from "./samples";

const emptyProgram = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/awsx"].map((name) => `import "${name}";`).join("\n");
/** Sources or pipelines of a large stack. */
export const many = 20;

/** Measures the program on the real engine, compared with one that imports the same packages and creates nothing. */
export async function measureProgram({ rounds }: { rounds: number }): Promise<Figure[]> {
  const engine = await Engine.start();
  try {
    // The account keeps its API Gateway settings after a destroy, and the next round would fail.
    const dev = await engine.stack("dev", { manageApiGatewayAccount: false });
    const empty = await emptyStack(engine);
    const against = async (id: string, what: string, run: (stack: Stack) => Promise<unknown>): Promise<Figure> => {
      const [own, others]: number[][] = [[], []];
      for (let round = 0; round < rounds; round++) {
        own.push(await milliseconds(() => run(dev)));
        others.push(await milliseconds(() => run(empty)));
        if (id === "up") for (const stack of [dev, empty]) await stack.destroy();
      }
      return { id: `program-${id}`, what: `${what} vs. an empty program`, value: pairedRatio(own, others), unit: "×", bound: 1.5 };
    };
    // The first preview of a clone makes the bundles and does not count.
    for (const stack of [dev, empty]) await stack.preview();
    const preview = await against("preview", "First preview", (stack) => stack.preview());
    const up = await against("up", "First up", (stack) => stack.up());
    for (const stack of [dev, empty]) await stack.up();
    const unchanged = await against("unchanged", "Unchanged preview", (stack) => stack.preview());
    return [preview, up, unchanged, await growthBySources(engine, rounds), ...(await growthByPipelines(engine, empty))];
  } finally {
    engine.stop();
  }
}

async function emptyStack(engine: Engine): Promise<Stack> {
  writeProgram(engine, "empty", emptyProgram);
  return engine.stack("empty", {}, "empty");
}

/** Writes another program with our tsconfig.json. Without it, ts-node would check types, which it does not for ours. */
function writeProgram(engine: Engine, name: string, program: string): void {
  const folder = path.join(engine.projectFolder(), name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  cpSync("tsconfig.json", path.join(folder, "tsconfig.json"));
  writeFileSync(path.join(folder, "index.ts"), `${program}\n`);
}

/** Returns the settings of a stack with so many sources. Each has a throttle of its own, which together must fit the account's limit. */
export function manySources(count: number) {
  const others = Array.from({ length: count - 1 }, (_, number) => ({ name: `source-${number}`, provider: "github" }));
  return { sources: ["stripe", ...others], throttleBurst: 100 };
}

/** Compares a stack of one source with one of many. */
async function growthBySources(engine: Engine, rounds: number): Promise<Figure> {
  const one = await engine.stack("one", { sources: ["stripe"] });
  const all = await engine.stack("many", manySources(many));
  const [small, large]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    small.push(await milliseconds(() => one.preview()));
    large.push(await milliseconds(() => all.preview()));
  }
  const what = `Preview with ${many} sources (${(median(large) / 1_000).toFixed(1)} s) vs. one source`;
  return { id: "program-growth", what, value: pairedRatio(large, small), unit: "×", bound: 1.5 };
}

/** Compares stacks of one pipeline and of many, beyond an empty stack. */
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
    { id: "program-pipelines", what: `Preview with ${many} pipelines in a stack vs. one`, value: large / single, unit: "×" },
    {
      id: "program-further",
      what: "Preview, time that each further pipeline adds vs. what the first one adds",
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
