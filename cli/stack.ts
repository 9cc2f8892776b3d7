import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { addGroup, jsonOption, lazily, targetOption, withExamples, withNotes, yesOption } from "./lib/command";

const load = createRequire(__filename);

/** Adds `stack …`. */
export function addStack(program: Command): void {
  const stack = addGroup(program, "stack", "Prepare, check, compare and watch stacks.");
  for (const add of [addBootstrap, addPreflight, addGraph, addDiff, addHealth]) add(stack);
}

function addBootstrap(stack: Command): void {
  const bootstrap = stack
    .command("bootstrap")
    .description("Create the S3 bucket and the KMS key for Pulumi's state, log in, and create or select a stack.")
    .requiredOption("--stack <name>", "stack to create or select")
    .option("--region <region>", "AWS region; that of Pulumi.<stack>.yaml, or AWS_REGION, if left out")
    .option("--dry-run", "print what would be created, and change nothing")
    .addOption(yesOption())
    .action(lazily(() => load("./stack/bootstrap") as typeof import("./stack/bootstrap"), "bootstrapStack"));
  withExamples(
    bootstrap,
    ["stack bootstrap --stack dev --region eu-central-1 --dry-run", "Prints what it would create and run, and changes nothing."],
    ["stack bootstrap --stack dev --region eu-central-1", "Shows what it creates, asks, and creates it."],
  );
}

function addPreflight(stack: Command): void {
  const preflight = stack
    .command("preflight")
    .description("Find what AWS would refuse, before AWS is asked.")
    .argument("[graph]", "file that stack graph has written; the graph of --stack if left out")
    .option("--stack <name>", "stack to check; dev if left out")
    .addOption(jsonOption())
    .addOption(new Option("--sarif", "print SARIF for code scanning").conflicts("json"))
    .action(lazily(() => load("./stack/preflight") as typeof import("./stack/preflight"), "checkStack"));
  withExamples(
    preflight,
    ["stack preflight --stack prod", "Checks the stack that Pulumi.prod.yaml configures."],
    ["stack preflight graph.json --sarif", "Checks a saved graph, for GitHub's code scanning."],
  );
}

function addGraph(stack: Command): void {
  const graph = stack
    .command("graph")
    .description("Print a stack's resources as JSON, without an AWS account.")
    .option("--stack <name>", "stack to print", "dev")
    .action(lazily(() => load("./stack/graph") as typeof import("./stack/graph"), "printGraph"));
  withExamples(
    graph,
    ["stack graph --stack dev > head.json", "Saves the graph for a comparison."],
    ["stack graph --stack prod | jq '.[].type'", "Lists the types of prod's resources."],
  );
}

function addDiff(stack: Command): void {
  const diff = stack
    .command("diff")
    .description("Print what deploying one graph over another adds, changes, replaces and deletes.")
    .argument("<base>", "file of the graph that is deployed")
    .argument("<head>", "file of the graph to deploy")
    .option("--title <text>", "title of the report; the name of the second file if left out")
    .addOption(jsonOption())
    .action(lazily(() => load("./stack/diff") as typeof import("./stack/diff"), "compareStacks"));
  withExamples(
    diff,
    ["stack diff base.json head.json", "Prints the differences as Markdown."],
    ["stack diff base.json head.json --json", "Prints the differences as JSON."],
  );
}

function addHealth(stack: Command): void {
  const health = stack
    .command("health")
    .description("Print which alarms are on, whether the pipe runs, and which permissions are missing.")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./stack/health") as typeof import("./stack/health"), "printHealth"));
  withExamples(
    health,
    ["stack health", "Prints the health of the local run, which evaluates no alarms."],
    ["stack health --stack prod", "Prints the health of a stack, with the runbook's heading of each alarm."],
  );
  withNotes(
    health,
    "Ends with 1 if an alarm is on, the pipe does not run, or a permission is missing to tell. Otherwise with 0.",
    "An alarm that CloudWatch has not evaluated yet is unknown, which is not wrong.",
  );
}
