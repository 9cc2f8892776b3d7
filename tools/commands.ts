import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { addGroup, jsonOption, largeNumber, lazily, wholeNumber, withExamples } from "../cli/lib/command";

const load = createRequire(__filename);

/** Adds the commands of the project's own tools: `stack cost`, `stack scale` and `dev …`. */
export function addToolCommands(program: Command): Command {
  const stack = program.commands.find((command) => command.name() === "stack")!;
  stack.description("Prepare, check, watch and price stacks.");
  for (const add of [addCost, addScale]) add(stack);
  const dev = addGroup(program, "dev", "Measure and check this project itself.");
  for (const add of [addBench, addChaos, addMutations, addDocs, addReliability, addFacts, addFuzz, addPackage]) add(dev);
  return program;
}

function addCost(stack: Command): void {
  const cost = stack
    .command("cost")
    .description("Compute a stack's monthly bill from its resources, line by line, at the list prices of us-east-1.")
    .option("--stack <name>", "stack to price", "dev")
    .addOption(new Option("--events <n>", "events per month").argParser(largeNumber(0, 1e12)).default(1e6))
    .addOption(new Option("--size <bytes>", "size of an event's body").argParser(largeNumber(1, 6e6)).default(3_000))
    .addOption(new Option("--batch <n>", "events in one execution; 1 if few arrive").argParser(wholeNumber(1, 10)).default(1))
    .option("--measure", "measure the workload on the local run first, and write tools/cost/measured.json")
    .option("--write", "write docs/cost.md and its plot")
    .addOption(jsonOption())
    .action(lazily(() => load("./cost/run") as typeof import("./cost/run"), "priceStack"));
  withExamples(
    cost,
    ["stack cost --stack prod", "Prints the bill of prod for a million events."],
    ["stack cost --events 5e6", "Prints the bill of dev for 5 million events, and its largest line."],
    ["stack cost --events 5e7 --json", "Prints the bill of dev for 50 million events as JSON."],
  );
}

function addScale(stack: Command): void {
  const scale = stack
    .command("scale")
    .description("Find the rate at which a stack reaches a limit, and the quota to raise.")
    .option("--stack <name>", "stack to simulate", "dev")
    .addOption(
      new Option("--rate <n>", "highest number of events per second (default: what the stack accepts)").argParser(
        wholeNumber(1, 1_000_000),
      ),
    )
    .addOption(new Option("--size <bytes>", "size of a body").argParser(wholeNumber(1, 6_000_000)).default(3_000))
    .option("--quota <name=n,...>", "quotas of your account, such as concurrency=10")
    .option("--local", "compare the simulated queues with the local run, in two minutes")
    .option("--write", "write docs/scale.md and its plot, with the comparison")
    .addOption(jsonOption())
    .action(lazily(() => load("./scale/run") as typeof import("./scale/run"), "scaleStack"));
  withExamples(
    scale,
    ["stack scale --rate 2000", "Prints what 2,000 events per second need."],
    ["stack scale --rate 17 --quota concurrency=10", "Simulates a new account, which runs ten functions at a time."],
  );
}

function addBench(dev: Command): void {
  const bench = dev
    .command("bench")
    .description("Measure the functions, their bundles and the local run, each against the least that it could take.")
    .option(
      "--only <list>",
      "measure these parts only, separated by commas: receiver, cold, preflight, pipeline, program, tests; write nothing without --write",
    )
    .option("--write", "with --only: put the figures of these parts into docs/performance.md")
    .option("--short", "measure receiver, cold and preflight in few rounds, and fail if a ratio is far above its bound; write nothing")
    .addOption(jsonOption())
    .action(lazily(() => load("./bench/run") as typeof import("./bench/run"), "bench"));
  withExamples(
    bench,
    ["dev bench", "Measures everything, and writes docs/performance.md."],
    ["dev bench --short", "Measures a part in half a minute."],
  );
}

function addChaos(dev: Command): void {
  const chaos = dev
    .command("chaos")
    .description("Disturb the pipeline on a local AWS while events arrive, and check what became of each event.")
    .addOption(new Option("--events <n>", "number of events to send").argParser(wholeNumber(1, 100_000)).default(1_000))
    .addOption(
      new Option("--seed <n>", "number that decides the disturbances and their order").argParser(wholeNumber(0, 2 ** 32 - 1)).default(1),
    )
    .addOption(new Option("--clients <n>", "number of clients that send at the same time").argParser(wholeNumber(1, 64)).default(8))
    .action(lazily(() => load("../testbed/chaos/chaos") as typeof import("../testbed/chaos/chaos"), "chaos"));
  withExamples(
    chaos,
    ["dev chaos --events 5000 --seed 1", "Repeats a run with the same disturbances."],
    ["dev chaos --events 300", "Disturbs for half a minute."],
  );
}

function addMutations(dev: Command): void {
  const mutations = dev
    .command("mutations")
    .description("Change the program's graph in one place at a time, and count the changes that no rule and no test notices.")
    .addOption(new Option("--sample <n>", "number of changes; all if left out").argParser(wholeNumber(1, 1_000_000)))
    .option("--survivors", "list the changes that nothing notices")
    .action(lazily(() => load("./repo/mutations") as typeof import("./repo/mutations"), "tryMutations"));
  withExamples(
    mutations,
    ["dev mutations --sample 150", "Tries 150 changes in half a minute."],
    ["dev mutations --survivors", "Tries all, and lists those that nothing notices."],
  );
}

function addDocs(dev: Command): void {
  const docs = dev
    .command("docs")
    .description("Rewrite the generated parts of the documents.")
    .option("--check", "change nothing, and fail if something is out of date")
    .action(lazily(() => load("./repo/docs") as typeof import("./repo/docs"), "writeDocs"));
  withExamples(docs, ["dev docs", "Rewrites what is out of date."], ["dev docs --check", "Lists what is out of date."]);
}

function addReliability(dev: Command): void {
  const reliability = dev
    .command("reliability")
    .description("Make each call of the pipeline fail in each way, and write the outcomes to docs/reliability.md.")
    .option("--check", "write nothing, and fail if the document is out of date")
    .action(lazily(() => load("./repo/reliability") as typeof import("./repo/reliability"), "writeReliability"));
  withExamples(
    reliability,
    ["dev reliability", "Tries some 700 faults, and writes docs/reliability.md."],
    ["dev reliability --check", "Tells whether docs/reliability.md is up to date."],
  );
}

function addFacts(dev: Command): void {
  const facts = dev
    .command("facts")
    .description("Read AWS's API models, and write what the preflight rules use to preflight/facts/.")
    .option("--check", "write nothing, and fail if a file is out of date")
    .action(lazily(() => load("./repo/facts") as typeof import("./repo/facts"), "writeFacts"));
  withExamples(facts, ["dev facts", "Rewrites preflight/facts/."], ["dev facts --check", "Tells whether the files are up to date."]);
}

function addFuzz(dev: Command): void {
  const fuzz = dev
    .command("fuzz")
    .description("Test the API for some minutes, with generated events and with requests made from its OpenAPI document.")
    .addOption(new Option("--cases <n>", "cases per property").argParser(wholeNumber(1, 1_000_000)).default(16_000))
    .addOption(new Option("--requests <n>", "requests made from the OpenAPI document").argParser(wholeNumber(1, 100_000)).default(2_000))
    .action(lazily(() => load("./repo/fuzz") as typeof import("./repo/fuzz"), "fuzz"));
  withExamples(fuzz, ["dev fuzz", "Tests a million cases."], ["dev fuzz --cases 1000 --requests 200", "Tests a small part, in a minute."]);
}

function addPackage(dev: Command): void {
  const command = dev
    .command("package")
    .description("Write the npm package, which is also the plugin for other languages, to .cache/package.")
    .option("--pack", "make webhook-pipeline-<version>.tgz of it, in the working directory")
    .action(lazily(() => load("./repo/package") as typeof import("./repo/package"), "writePackage"));
  withExamples(
    command,
    ["dev package", "Writes the folder, which Pulumi takes as a plugin."],
    ["dev package --pack", "Also makes the file, which npm installs."],
  );
}
