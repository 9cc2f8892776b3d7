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

/** Lists the phases of a run, one after the other; the steps of a phase run at once, as many as there are processors, and begin in this order. */
export type Plan = Step[][];

const phases = ["shared", "emulators", "measured"] as const;
/**
 * Tells when a check runs. `shared`: whatever the others take. `emulators`: beside each other alone, because a local AWS answers too late
 * where other programs take all processors. `measured`: by itself.
 */
type Phase = (typeof phases)[number];

const node = process.execPath;
const bin = (name: string) => `node_modules/${name}`;
const script = (name: string, file: string, ...args: string[]): Step => ({
  name,
  command: [node, "-r", "ts-node/register", file, ...args],
});
const program = (name: string, ...args: string[]): Step => ({ name, command: [node, "bin/webhook-pipeline.js", ...args] });
const mocha = (name: string, ...args: string[]): Step => ({ name, command: [node, bin("mocha/bin/mocha.js"), ...args], mocha: true });
const suite = (folder: string) => mocha(folder, "--config", `tests/${folder}/.mocharc.json`);
const setUp = ["-r", "ts-node/register", "-r", "testbed/environment.ts", "--timeout", "180000"];
/** Returns the telling part of a suite, or the suite on a quickened emulator. */
const quick = (step: Step): Step => ({ ...step, environment: { TEST_SCOPE: "quick" } });
const covered = (step: Step): Step => ({ ...step, command: [node, bin("c8/bin/c8.js"), ...step.command] });

/** What is at hand beside the project's own packages. */
export interface AtHand {
  /** Whether there is a `pulumi` on the PATH. */
  pulumi: boolean;
  /** A command that judges a resource graph. */
  judge: string | undefined;
  /** Whether npm has the Node.js that AWS runs for this machine. */
  lambdaNode: boolean;
}

/** A check, as each run makes it; a run that is not named leaves it out. */
interface Check {
  /** `npm test`: what a contributor needs. */
  quick?: Step;
  /** `npm run test:full`: everything, at the emulator's own pace. */
  full: Step;
  /** What the full run has beyond the quick one with coverage. */
  rest?: Step;
  /** `shared` if left out. */
  phase?: Phase;
}

/** Makes a check that the quick run and the full one make alike. */
const both = (step: Step): Check => ({ quick: step, full: step });
/** Makes a check of the full run alone. */
const late = (step: Step, phase?: Phase): Check => ({ full: step, rest: step, phase });

const unit = mocha("unit", "--config", "tests/.mocharc.json");
const unitRest = mocha("unit (the rest)", ...setUp, "tests/preflight/preflight.spec.ts", "--grep", "A graph of which");
const pipeline = suite("pipeline");
/** Refusals, large bodies and the local run itself are the same at any pace. */
const pipelineRest = { ...pipeline, name: "pipeline (own pace)", command: [...pipeline.command, "--ignore", "tests/pipeline/[256].*"] };
const reliability = suite("reliability");

const statics: Step[] = [
  { name: "lint", command: [node, bin("eslint/bin/eslint.js"), "-c", "tools/repo/eslint.config.mjs", "--max-warnings", "0", "."] },
  { name: "format", command: [node, bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."] },
  script("workflows", "tools/repo/lintWorkflows.ts"),
  { name: "types", command: [node, bin("typescript-7/bin/tsc"), "-p", "."] },
];

/** A step a file: each takes long, and none knows of another. */
const engineSuites = readdirSync("tests/engine")
  .filter((file) => file.endsWith(".spec.ts"))
  .map((file) => mocha(`engine: ${file.replace(".spec.ts", "")}`, "--config", "tests/engine/.mocharc.json", `tests/engine/${file}`));
/** The engine suite that tells most for its time, which is a tenth of the longest's: it deploys the whole program once. */
const tellingEngineSuite = "engine: operations";

/** Files of stacks whose graphs other people's judges look at: as they are deployed, and with everything that is off by default. */
const judgedStacks = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "tests/everything.yaml"];
const judgeStep = (file: string, judge: string) =>
  script(`judges: ${path.basename(file, ".yaml").replace("Pulumi.", "")}`, "tools/repo/judge.ts", file, judge);

/** Lists every check that can be made, in the order in which they begin. */
function checksFor({ pulumi, judge, lambdaNode }: AtHand): Check[] {
  return [
    { quick: quick(unit), full: covered(unit), rest: unitRest },
    { quick: quick(pipeline), full: pipeline, rest: pipelineRest },
    { quick: quick(reliability), full: reliability, rest: reliability },
    ...(pulumi ? engineSuites.map((step) => (step.name === tellingEngineSuite ? both(step) : late(step))) : []),
    ...statics.map(both),
    // A part of the changes that the command makes.
    late(script("mutations (sample)", "tests/mutations/command.ts", "--sample", "150")),
    ...(lambdaNode ? [late({ ...script("handlers on AWS's Node.js", "tools/repo/handlersOnLambdaNode.ts"), mocha: true })] : []),
    ...(judge === undefined ? [] : judgedStacks.map((file) => late(judgeStep(file, judge)))),
    late(program("chaos (300 events)", "dev", "chaos", "--events", "300", "--seed", "1"), "emulators"),
    late(program("fuzz (short)", "dev", "fuzz", "--cases", "1000", "--requests", "200"), "emulators"),
    late(program("bench (short)", "dev", "bench", "--short"), "measured"),
  ];
}

/** Plans a run of what is at hand. @param coverage whether the quick run holds the unit tests' coverage to its bounds; the full one does */
export function planOf(run: "quick" | "full" | "rest", atHand: AtHand, coverage = false): Plan {
  const checks = checksFor(atHand);
  const withCoverage = (step: Step) => (coverage && step.name === unit.name ? covered(step) : step);
  const stepsIn = (phase: Phase) =>
    checks.flatMap((check) => ((check.phase ?? "shared") === phase && check[run] ? [withCoverage(check[run])] : []));
  return phases.map(stepsIn);
}
