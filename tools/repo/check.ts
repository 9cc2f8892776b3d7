import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import * as path from "node:path";
import { Option } from "commander";
import { createStrictCommand, runStrictCommand } from "../../cli/lib/commandLine";
import { UsageError } from "../../cli/lib/errors";
import { print } from "../../cli/lib/output";
import { planRun, type AtHand, type Plan, type Step } from "./steps";

const program = createStrictCommand("npm test --", "Run the checks, and print how many tests passed. npm run test:full runs all of them.")
  .option("--coverage", "npm test: hold the unit tests' coverage to its bounds")
  .option("--rest", "npm run test:full: leave out what npm test -- --coverage ran")
  .option("--only <steps>", "run these steps only, separated by commas")
  .addOption(new Option("--full").hideHelp())
  .action(async (options: CheckOptions) => void (process.exitCode = await runChecks(options)));

interface CheckOptions {
  coverage?: boolean;
  rest?: boolean;
  only?: string;
  full?: boolean;
}

interface Result {
  passed: number;
  failed: number;
  skipped: number;
}

const nameWidth = 26;
/** Time that an interrupted step has to end. */
const patienceMs = 5_000;

const running = new Set<ReturnType<typeof spawn>>();
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Not `once`: a terminal and npm can both send a signal, and the second must not end the process before the cleanup has.
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    for (const { pid } of running) signalGroup(pid!, signal);
    // mocha lets a running test end first. What is killed loses nothing: a local AWS ends with its parent.
    setTimeout(() => {
      for (const { pid } of running) signalGroup(pid!, "SIGKILL");
    }, patienceMs).unref();
  });
}

/** Sends a signal to a step and the processes that it has started: each step has a process group of its own. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The step has ended already.
  }
}

/** Folder for temporary files of the steps. What a step leaves there is removed at the end. */
const temporary = mkdtempSync(path.join(tmpdir(), "webhook-checks-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

async function runChecks({ full, coverage, rest, only }: CheckOptions): Promise<number> {
  const atHand: AtHand = {
    pulumi: hasPulumi(),
    judge: process.env.GRAPH_JUDGE,
    lambdaNode: process.platform === "linux",
  };
  const which = full ? (rest ? "rest" : "full") : "quick";
  const plan = planRun(which, atHand, which === "quick" && coverage);
  const results: Result[] = [];
  for (const steps of only === undefined ? plan : chosen(plan, only.split(","))) results.push(...(await runAll(steps, full ? 0 : 1)));
  if (interrupted) return 130;
  const leaveOut = (name: string, why: string) => print(`${name.padEnd(nameWidth)} left out: ${why}`);
  if (!atHand.pulumi) leaveOut("engine", "there is no pulumi on the PATH");
  if (full && atHand.judge === undefined) leaveOut("judges", "GRAPH_JUDGE is not set");
  if (process.platform !== "linux" || process.arch !== "x64") leaveOut("emulated DynamoDB", "its binary is for Linux on x64 only");
  if (full && !atHand.lambdaNode) leaveOut("handlers on AWS's Node.js", "npm has it for Linux only");
  const total = results.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }));
  print(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
  return total.failed === 0 ? 0 : 1;
}

/** Returns the plan with the steps of these names only. @throws UsageError if the plan has no step of a name */
function chosen(plan: Plan, names: readonly string[]): Plan {
  const all = plan.flat().map(({ name }) => name);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new UsageError(`Unknown step "${unknown}". Steps: ${all.join(", ")}.`);
  return plan.map((steps) => steps.filter(({ name }) => names.includes(name)));
}

function hasPulumi(): boolean {
  return spawnSync("pulumi", ["version"], { stdio: "ignore" }).status === 0;
}

/**
 * Runs steps, as many at the same time as there are processors.
 * @param more adds to that number, where one of the longest steps mostly waits. The engine's suites need every processor: with more steps
 * beside them, the local AWS would answer too late
 */
async function runAll(steps: readonly Step[], more = 0): Promise<Result[]> {
  const waiting = [...steps];
  const results: Result[] = [];
  const work = async () => {
    for (let step = waiting.shift(); step && !interrupted; step = waiting.shift()) results.push(await run(step));
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) + more }, work));
  return results;
}

/**
 * Runs a step. Steps yield the processor to those that must be timely. Prints the output of a step that fails, at its end, so that the output of steps
 * that run at the same time does not mix.
 */
async function run({ name, command, mocha = false, timely = false, environment }: Step): Promise<Result> {
  const started = performance.now();
  const [program, ...args] = timely ? command : ["nice", "-n", "10", ...command];
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment, TMPDIR: temporary },
    detached: true,
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  running.delete(child);
  signalGroup(child.pid!, "SIGKILL");
  if (interrupted) return { passed: 0, failed: 0, skipped: 0 };
  const result = mocha ? countTests(output, code) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const time = ((performance.now() - started) / 1000).toFixed(1);
  print(
    `${name.padEnd(nameWidth)} ${result.failed === 0 ? "ok    " : "FAILED"} ${time.padStart(6)} s  ${result.passed} passed, ${result.failed} failed`,
  );
  if (result.failed > 0) print(mocha ? summaryOf(output) : output);
  return result;
}

/** Returns mocha's numbers and failures, without the list of what passed, which can have thousands of lines; a run that crashed before, whole. */
function summaryOf(output: string): string {
  const start = output.search(/^\s*\d+ passing\b/m);
  return start < 0 ? output : output.slice(start);
}

/** Reads the number of tests from mocha's last lines. A run that fails without a failing test (coverage, a crash) counts as one failure. */
function countTests(output: string, code: number | null): Result {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
  const [passed, failed, skipped] = [count("passing"), count("failing"), count("pending")];
  const broken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed, skipped };
}

void runStrictCommand(program, process.argv.slice(2));
