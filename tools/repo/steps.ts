import { readdirSync } from "node:fs";
import * as path from "node:path";

/** Step of a run of the checks: a program. */
export interface Step {
  name: string;
  command: string[];
  /** True if the program is mocha, which counts its tests. Any other step is one test. */
  mocha?: boolean;
  /** True if what it starts must answer in time, such as a local AWS. Other steps leave it the processor. */
  timely?: boolean;
  environment?: Record<string, string>;
}

/**
 * Phases of a run, one after the other: first what runs side by side, then what runs alone. The steps of a phase run at the same time, as many
 * as there are processors, and begin in this order.
 */
export type Plan = readonly (readonly Step[])[];

const node = process.execPath;
const bin = (name: string) => `node_modules/${name}`;
const script = (name: string, file: string, ...args: string[]): Step => ({
  name,
  command: [node, "-r", "ts-node/register", file, ...args],
});
const program = (name: string, ...args: string[]): Step => ({ name, command: [node, "bin/webhook-pipeline.js", ...args] });
/** Gives new objects more room than Node.js's 16 MB: the unit tests take a quarter less time, because most objects die before they are moved. */
const roomForNew = "--max-semi-space-size=64";
const mocha = (name: string, ...args: string[]): Step => ({
  name,
  command: [node, roomForNew, bin("mocha/bin/mocha.js"), ...args],
  mocha: true,
});
const setUp = ["-r", "ts-node/register", "-r", "testbed/environment.ts", "--timeout", "180000"];
/** Returns the step with a part of its suite, or with a quickened emulator. */
const quick = (step: Step): Step => ({ ...step, environment: { TEST_SCOPE: "quick" } });
const timely = (step: Step): Step => ({ ...step, timely: true });
const ignored = (files: readonly string[]) => files.flatMap((file) => ["--ignore", file]);
const covered = (step: Step): Step => ({ ...step, command: [node, bin("c8/bin/c8.js"), ...step.command] });

/** Programs that a machine has in addition to the project's packages. */
export interface AtHand {
  /** True if there is a `pulumi` on the PATH. */
  pulumi: boolean;
  /** Command that judges a resource graph. */
  judge: string | undefined;
  /** True if npm has AWS's Node.js version for this machine. */
  lambdaNode: boolean;
}

/** Check with its step in each run. A run without a step leaves it out. */
interface Check {
  /** Steps of `npm test`, which has what a contributor needs. */
  quick?: readonly Step[];
  /** Step of `npm test -- --coverage`; those of `quick` if left out. */
  covered?: Step;
  /** Step of `npm run test:full`, which has everything, at the emulator's own pace. */
  full: Step;
  /** Step that adds to the run with coverage what only the full run has. */
  rest?: Step;
  /** True if it runs alone, after the others: a local AWS under load, or a measurement. */
  alone?: boolean;
}

/** Makes a check that is the same in both runs. */
const both = (step: Step): Check => ({ quick: [step], full: step });
/** Makes a check of the full run only. */
const late = (step: Step): Check => ({ full: step, rest: step });
const alone = (step: Step): Check => ({ ...late(step), alone: true });

/** Specifications that start a process for nearly each test, and take long. */
const slowCommands = ["tests/cli/secrets/commands.spec.ts", "tests/cli/start/refusals.spec.ts", "tests/tools/repo/compareGraphs.spec.ts"];
const commands = mocha("commands", ...setUp, ...slowCommands);
const unit = mocha("unit", "--config", "tests/.mocharc.json", ...ignored(slowCommands));
/** Specifications that try hundreds of variants of a rule, a payload or a policy, that start a process for each test, or that wait: half of the unit tests' time. `npm test` has no time for them. */
const thorough = [
  "tests/bin/webhook-pipeline.spec.ts",
  "tests/ci-roles/{boundary,escalation,openings,stacks}.spec.ts",
  "tests/{everySource,manySources}.spec.ts",
  "tests/cli/{secrets/destinationCredentials,stack/bootstrap,stack/preflight}.spec.ts",
  "tests/cli/{console/serveConsole,destinations/questions}.spec.ts",
  "tests/domain/shards.spec.ts",
  "tests/handlers/aws/deadline.spec.ts",
  "tests/handlers/deliver/{breaker,containers}.spec.ts",
  "tests/handlers/request/bounds.spec.ts",
  "tests/handlers/sources/{properties,meanings.declared}.spec.ts",
  "tests/handlers/sources/paypal/certificates.spec.ts",
  "tests/bin/plugin/host.spec.ts",
  "tests/preflight/{crossguard,others,preflight}.spec.ts",
  "tests/local/samples.spec.ts",
  "tests/preflight/rules/{alarms,definitions,documents,gateway.import,permissions,project,stages}.spec.ts",
  "tests/tools/repo/judge.spec.ts",
  "tests/tools/scale/{deliveries,keys,run,simulate}.spec.ts",
  "tests/twoPipelines/*.spec.ts",
];
/** The unit tests of what runs, which take as long as those of the program and its checks: `npm test` runs both at the same time. */
const ofWhatRuns = "tests/{bin,cli,console,handlers,local,model}/**/*.spec.ts";
const quickUnit = [
  { ...quick(unit), name: "unit: program, tools", command: [...unit.command, ...ignored([...thorough, ofWhatRuns])] },
  quick(mocha("unit: functions, commands", ...setUp, ...ignored([...slowCommands, ...thorough]), ofWhatRuns)),
];
/** Tests of the unit tests that the quick scope leaves out, by what their names have in common. */
const unitRest = mocha(
  "unit (the rest)",
  ...setUp,
  "tests/preflight/preflight.spec.ts",
  "tests/model/deliveries.spec.ts",
  "--grep",
  "A graph with|if two are answered",
);
/** Specifications that start runs again and again, which `npm test` has no time for. */
const longRuns = "tests/pipeline/7.*.spec.ts";
const localRuns = timely(mocha("local runs", ...setUp, "-r", "tests/helpers/pipeline.ts", longRuns));
const allOfPipeline = timely(mocha("pipeline", "--config", "tests/pipeline/.mocharc.json"));
const pipeline = { ...allOfPipeline, command: [...allOfPipeline.command, "--ignore", longRuns] };
/** Suites that are the same at any pace: refusals, large bodies, the local run, meanings, and what people do with events. */
const paceless = ["[256].*", "1.{cases,identities}.*", "4.{expressions,lists,names,operations,replay,secrets}.*"];
/** Suites of single commands, of the local run, of odd requests and of the table's expressions, which `npm test` has no time for: it has the way of an event, a failure put right, and the page. */
const lateSuites = [
  "tests/pipeline/2.odd.spec.ts",
  "tests/pipeline/4.{backfill,destinations,expressions,listen,lists,names,operations,replay}.spec.ts",
  "tests/pipeline/{5.large,6.guard,6.start,8.*}.spec.ts",
];
const quickPipeline = quick({ ...pipeline, command: [...pipeline.command, ...ignored(lateSuites)] });
const pipelineRest = {
  ...pipeline,
  name: "pipeline (own pace)",
  command: [...pipeline.command, ...ignored(paceless.map((suites) => `tests/pipeline/${suites}`))],
};

const statics: Step[] = [
  // One checker: several check the same types again, which takes twice the processor time.
  { name: "types", command: [node, bin("typescript-7/bin/tsc"), "-p", ".", "--checkers", "1"] },
  { name: "lint", command: [node, bin("oxlint/bin/oxlint"), "--deny-warnings", "."] },
  { name: "format", command: [node, bin("oxfmt/bin/oxfmt"), "--check", "."] },
  script("workflows", "tools/repo/lintWorkflows.ts"),
];

/** Its rules need the types of the whole program, which oxlint does not read. */
const lintOfOutputs: Step = {
  name: "lint: outputs",
  command: [node, bin("eslint/bin/eslint.js"), "-c", "tools/repo/eslint.outputs.config.mjs", "--max-warnings", "0", "components", "*.ts"],
};

/** Returns a step for each file of a folder with a configuration of its own: each takes long, and they are independent. */
const suitesIn = (folder: string): Step[] =>
  readdirSync(`tests/${folder}`)
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) =>
      mocha(`${folder}: ${file.replace(".spec.ts", "")}`, "--config", `tests/${folder}/.mocharc.json`, `tests/${folder}/${file}`),
    );
/** Tells whether `npm test` has a suite about reliability: of the fault matrix, and of the simulation beside the real thing. */
const isTelling = ({ name }: Step) => ["matrix", "deliveryChecks", "sdk"].some((suite) => name === `reliability: ${suite}`);
/** Engine suite of the quick run. It deploys the whole program once, in a tenth of the time of the longest suite. */
const tellingEngineSuite = "engine: operations";

/** Stack files whose graphs the judges get: those that are deployed, and one with everything that is off by default. */
const judgedStacks = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "tests/everything.yaml"];
const judgeStep = (file: string, judge: string) =>
  script(`judges: ${path.basename(file, ".yaml").replace("Pulumi.", "")}`, "tools/repo/judge.ts", file, judge);

/** Lists every check that this machine can run, in the order in which they begin: the longest first, so that none is left alone at the end. */
function checksFor({ pulumi, judge, lambdaNode }: AtHand): Check[] {
  return [
    { quick: [quickPipeline], covered: quick(pipeline), full: pipeline, rest: pipelineRest },
    { quick: quickUnit, covered: covered(quick(unit)), full: covered(unit), rest: unitRest },
    late(localRuns),
    late(timely(mocha("browser", "--config", "tests/browser/.mocharc.json"))),
    late(commands),
    ...(pulumi
      ? suitesIn("engine")
          .map(timely)
          .map((step) => (step.name === tellingEngineSuite ? both(step) : late(step)))
      : []),
    ...suitesIn("reliability").map((step) => ({ quick: isTelling(step) ? [quick(step)] : undefined, covered: step, full: step })),
    ...statics.map(both),
    late(lintOfOutputs),
    // The command tries every change; this step tries some.
    late(script("mutations (sample)", "tests/mutations/command.ts", "--sample", "100")),
    ...(lambdaNode ? [late({ ...script("handlers on AWS's Node.js", "tools/repo/handlersOnLambdaNode.ts"), mocha: true })] : []),
    ...(judge === undefined ? [] : judgedStacks.map((file) => late(judgeStep(file, judge)))),
    alone(program("chaos (200 events)", "dev", "chaos", "--events", "200", "--seed", "1")),
    alone(program("fuzz (short)", "dev", "fuzz", "--cases", "500", "--requests", "60")),
    alone(program("bench (short)", "dev", "bench", "--short")),
  ];
}

/** Plans a run. @param coverage holds the unit tests' coverage to its bounds; the full run always does. It runs in full what that costs less than running a part now and all of it in the rest */
export function planRun(run: "quick" | "full" | "rest", atHand: AtHand, coverage = false): Plan {
  const stepsOf = ({ quick = [], covered, ...check }: Check) => {
    if (run === "quick") return coverage && covered ? [covered] : quick;
    return check[run] ? [check[run]] : [];
  };
  const checks = checksFor(atHand);
  return [checks.filter((check) => !check.alone).flatMap(stepsOf), ...checks.filter((check) => check.alone).map(stepsOf)];
}
