import { readdirSync } from "node:fs";
import * as path from "node:path";

/** A program of a test run. */
export interface Step {
  name: string;
  command: string[];
  /** Whether mocha counts for itself; any other step is one test. */
  mocha?: boolean;
  environment?: Record<string, string>;
}

/** What a run consists of: steps that share the processors, then steps that must have them for themselves. */
export interface Plan {
  /** The longest first. */
  together: Step[];
  /** The local AWS answers too late, and nothing can be measured, where others take all processors. */
  alone: Step[];
}

const node = process.execPath;
const bin = (name: string) => `node_modules/${name}`;
const script = (name: string, file: string, ...args: string[]): Step => ({
  name,
  command: [node, "-r", "ts-node/register", file, ...args],
});
const mocha = (name: string, ...args: string[]): Step => ({ name, command: [node, bin("mocha/bin/mocha.js"), ...args], mocha: true });
const suite = (folder: string) => mocha(folder, "--config", `tests/${folder}/.mocharc.json`);
const setUp = ["-r", "ts-node/register", "-r", "testbed/environment.ts", "--timeout", "180000"];
/** The telling part of a suite, or the suite on a quickened emulator. */
const quick = (step: Step): Step => ({ ...step, environment: { TEST_SCOPE: "quick" } });
const covered = (step: Step): Step => ({ ...step, command: [node, bin("c8/bin/c8.js"), ...step.command] });

const unit = mocha("unit", "--config", "tests/.mocharc.json");
const statics: Step[] = [
  { name: "lint", command: [node, bin("eslint/bin/eslint.js"), "-c", "tools/repo/eslint.config.mjs", "--max-warnings", "0", "."] },
  { name: "format", command: [node, bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."] },
  script("workflows", "tools/repo/lintWorkflows.ts"),
  { name: "types", command: [node, bin("typescript-7/bin/tsc"), "-p", "."] },
];

/** A step a file: each takes long, and none knows of another. */
const engineSuites = readdirSync("tests/engine")
  .filter((file) => file.endsWith(".spec.ts"))
  .map((file) => ({
    ...mocha(`engine: ${file.replace(".spec.ts", "")}`, "--config", "tests/engine/.mocharc.json", `tests/engine/${file}`),
  }));
/** The engine suite that tells most for its time, which is a tenth of the longest's: it deploys the whole program once. */
const tellingEngineSuite = "engine: operations";

/** Files of stacks whose graphs other people's judges look at: as they are deployed, and with everything that is off by default. */
const judgedStacks = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "tests/everything.yaml"];
const judgeSteps = (judge: string) =>
  judgedStacks.map((file) => script(`judges: ${path.basename(file, ".yaml").replace("Pulumi.", "")}`, "tools/repo/judge.ts", file, judge));

/** What is at hand beside the project's own packages. */
export interface AtHand {
  /** Whether there is a `pulumi` on the PATH. */
  pulumi: boolean;
  /** A command that judges a resource graph. */
  judge: string | undefined;
  /** Whether npm has the Node.js that AWS runs for this machine. */
  lambdaNode: boolean;
}

/** `npm test`: what a contributor needs. @param coverage whether the unit tests' coverage is held to its bounds */
export function quickPlan({ pulumi }: AtHand, coverage: boolean): Plan {
  const engine = pulumi ? engineSuites.filter(({ name }) => name === tellingEngineSuite) : [];
  const units = quick(coverage ? covered(unit) : unit);
  return { together: [units, quick(suite("pipeline")), quick(suite("reliability")), ...engine, ...statics], alone: [] };
}

/** What the quick plan has run already, but for the pace of the emulator: refusals, large bodies, the local run itself. */
const atAnyPace = "tests/pipeline/[256].*";
const rest = {
  pipeline: { ...suite("pipeline"), name: "pipeline (own pace)", command: [...suite("pipeline").command, "--ignore", atAnyPace] },
  unit: mocha("unit (the rest)", ...setUp, "tests/preflight/preflight.spec.ts", "--grep", "A graph of which"),
};

/** `npm run test:full`: everything, at the emulator's own pace. */
export function fullPlan(atHand: AtHand): Plan {
  const { together, alone } = restPlan(atHand);
  const left = [suite("pipeline"), ...together.filter((step) => !Object.values(rest).includes(step))];
  const engine = atHand.pulumi ? engineSuites.filter(({ name }) => name === tellingEngineSuite) : [];
  return { together: [covered(unit), ...left, ...engine, ...statics], alone };
}

/** What the full plan has beyond the quick one with coverage. */
export function restPlan({ pulumi, judge, lambdaNode }: AtHand): Plan {
  const engine = pulumi ? engineSuites.filter(({ name }) => name !== tellingEngineSuite) : [];
  return {
    together: [
      rest.pipeline,
      suite("reliability"),
      // A part of the changes that the command makes.
      script("mutations (sample)", "tests/mutations/command.ts", "--sample", "150"),
      ...engine,
      ...(lambdaNode ? [{ ...script("handlers on AWS's Node.js", "tools/repo/handlersOnLambdaNode.ts"), mocha: true }] : []),
      rest.unit,
      ...(judge === undefined ? [] : judgeSteps(judge)),
    ],
    alone: [
      script("chaos (300 events)", "testbed/chaos/chaos.ts", "--events", "300", "--seed", "1"),
      script("long run (short)", "tools/repo/long.ts", "--cases", "1000", "--requests", "200"),
      script("bench (short)", "tools/bench/run.ts", "--short"),
    ],
  };
}
