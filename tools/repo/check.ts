import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import * as path from "node:path";
import { runCommand } from "../../cli/lib/errors";
import { refuseArguments } from "../../cli/lib/options";
import { print } from "../../cli/lib/output";

/** `npm test`: every check, a line each with its time, and at the end how many tests there were. */

interface Step {
  name: string;
  command: string[];
  /** Whether mocha counts for itself; any other step is one test. */
  mocha: boolean;
}
interface Result {
  passed: number;
  failed: number;
  skipped: number;
}

const node = process.execPath;
const bin = (name: string) => `node_modules/${name}`;
const mocha = (config: string) => [node, bin("mocha/bin/mocha.js"), "--config", config];

const types: Step = { name: "types", command: [node, bin("typescript-7/bin/tsc"), "-p", "."], mocha: false };
const lint: Step = {
  name: "lint",
  command: [node, bin("eslint/bin/eslint.js"), "-c", "tools/repo/eslint.config.mjs", "--max-warnings", "0", "."],
  mocha: false,
};
const format: Step = {
  name: "format",
  command: [node, bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
  mocha: false,
};
const workflows: Step = { name: "workflows", command: [node, "-r", "ts-node/register", "tools/repo/lintWorkflows.ts"], mocha: false };
const unit: Step = { name: "unit", command: [node, bin("c8/bin/c8.js"), ...mocha(".mocharc.json")], mocha: true };
/** Without coverage: it would only slow it down. */
const reliability: Step = { name: "reliability", command: mocha("tests/reliability/.mocharc.json"), mocha: true };
const pipeline: Step = { name: "pipeline", command: mocha("tests/pipeline/.mocharc.json"), mocha: true };
/** A short run of `npm run chaos`. */
const chaos: Step = {
  name: "chaos (300 events)",
  command: [node, "-r", "ts-node/register", "testbed/chaos/chaos.ts", "--events", "300", "--seed", "1"],
  mocha: false,
};
/** A short run of `npm run test:long`. */
const long: Step = {
  name: "long run (short)",
  command: [node, "-r", "ts-node/register", "tools/repo/long.ts", "--cases", "1000", "--requests", "200"],
  mocha: false,
};
/** Fails where a ratio is far outside its bound. */
const bench: Step = { name: "bench (short)", command: [node, "-r", "ts-node/register", "tools/bench/run.ts", "--short"], mocha: false };
/** A part of the changes that `npm run test:mutations` makes. */
const mutations: Step = {
  name: "mutations (sample)",
  command: [node, "-r", "ts-node/register", "tests/mutations/command.ts", "--sample", "150"],
  mocha: false,
};
/** A step a file: each takes long, and none knows of another. */
const engine: Step[] = readdirSync("tests/engine").flatMap((file) => {
  const [name, ...ending] = file.split(".");
  const command = [...mocha("tests/engine/.mocharc.json"), `tests/engine/${file}`];
  return ending.join(".") === "spec.ts" ? [{ name: `engine: ${name}`, command, mocha: true }] : [];
});

/** Files of stacks whose graphs other people's judges look at: as they are deployed, and with everything that is off by default. */
const judgedStacks = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "tests/everything.yaml"];
/** A command that judges a resource graph; .ci/run names one. */
const judge = process.env.GRAPH_JUDGE;
const judges: Step[] = judge === undefined ? [] : judgedStacks.map((file) => judgeStep(file, judge));

function judgeStep(file: string, judge: string): Step {
  const stack = path.basename(file, ".yaml").replace("Pulumi.", "");
  return { name: `judges: ${stack}`, command: [node, "-r", "ts-node/register", "tools/repo/judge.ts", file, judge], mocha: false };
}

const running = new Set<ReturnType<typeof spawn>>();
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Not `once`: a terminal and npm may both send it, and the second must not cut the cleaning short.
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    for (const { pid } of running) signalGroup(pid!, signal);
  });
}

/** A step's own processes go with it: each step has a group of its own. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by now.
  }
}

/** Where the steps put their temporary files: what one of them could not remove any more goes with it. */
const temporary = mkdtempSync(path.join(tmpdir(), "webhook-checks-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

async function main(): Promise<number> {
  refuseArguments("npm test");
  const withEngine = hasPulumi();
  const results = await runAll([unit, reliability, pipeline, mutations, lint, workflows, types, format]);
  // Each by itself: the local AWS answers too late, and nothing can be measured, where others take all processors.
  for (const step of [...judges, chaos, long, bench]) results.push(...(await runAll([step])));
  if (withEngine) results.push(...(await runAll(engine)));
  if (interrupted) return 130;
  if (judges.length === 0) print("judges                left out: GRAPH_JUDGE names none");
  if (!withEngine) print("engine                left out: no pulumi on the PATH");
  const total = results.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }));
  print(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
  return total.failed === 0 ? 0 : 1;
}

function hasPulumi(): boolean {
  return spawnSync("pulumi", ["version"], { stdio: "ignore" }).status === 0;
}

/** As many steps at once as there are processors, the longest first; two at least, because the longest mostly waits. */
async function runAll(steps: Step[]): Promise<Result[]> {
  const waiting = [...steps];
  const results: Result[] = [];
  const work = async () => {
    for (let step = waiting.shift(); step && !interrupted; step = waiting.shift()) results.push(await run(step));
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  return results;
}

/** Output is kept until the step ends, so that steps that run at once do not mix theirs; a passing step's is left out. */
async function run({ name, command, mocha }: Step): Promise<Result> {
  const started = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary },
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
    `${name.padEnd(21)} ${result.failed === 0 ? "ok    " : "FAILED"} ${time.padStart(6)} s  ${result.passed} passed, ${result.failed} failed`,
  );
  if (result.failed > 0) print(output);
  return result;
}

/** Mocha's own closing lines. A run that ended badly without a failing test (coverage, a crash) counts as one failure. */
function countTests(output: string, code: number | null): Result {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
  const [passed, failed, skipped] = [count("passing"), count("failing"), count("pending")];
  const broken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed, skipped };
}

void runCommand(main);
