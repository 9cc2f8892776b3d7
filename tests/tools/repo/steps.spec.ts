import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { planRun, type Plan } from "../../../tools/repo/steps";

const namesOf = (plan: Plan) => plan.flat().map(({ name }) => name);
const everything = { pulumi: true, judge: "judge", lambdaNode: true };

describe("The steps of the checks", () => {
  it("of npm test and of the rest are those of npm run test:full", () => {
    const both = new Set([...namesOf(planRun("quick", everything, true)), ...namesOf(planRun("rest", everything))]);
    for (const name of ["unit (the rest)", "pipeline (own pace)"]) assert.ok(both.delete(name), name);
    assert.deepEqual([...both].sort(), namesOf(planRun("full", everything)).sort());
  });

  it("are those that the machine can run, with one engine suite in npm test", () => {
    const names = namesOf(planRun("full", { pulumi: false, judge: undefined, lambdaNode: false }));
    assert.ok(!names.some((name) => /^(engine|judges|handlers)\b/.test(name)), names.join(", "));
    assert.equal(namesOf(planRun("quick", everything)).filter((name) => name.startsWith("engine: ")).length, 1);
  });

  it("of npm test run what the second step of unit tests takes in no other", () => {
    const [program, functions] = planRun("quick", everything)
      .flat()
      .filter(({ name }) => name.startsWith("unit: "));
    const files = functions.command.at(-1)!;
    assert.ok(program.command.includes(files) && program.command[program.command.indexOf(files) - 1] === "--ignore", files);
  });

  it("leave the processor to those that must be timely", () => {
    const isTimely = /^(pipeline|local runs|browser|engine: )/;
    for (const { name, timely = false } of planRun("full", everything)[0]) assert.equal(timely, isTimely.test(name), name);
  });

  it("run a local AWS under load and a measurement alone", () => {
    const [, ...alone] = planRun("rest", everything).map((steps) => steps.map(({ name }) => name));
    assert.deepEqual(alone, [["chaos (200 events)"], ["fuzz (short)"], ["bench (short)"]]);
  });

  it("run every file of the engine's suites", () => {
    const files = readdirSync("tests/engine").flatMap((file) => /^(.+)\.spec\.ts$/.exec(file)?.slice(1) ?? []);
    for (const file of files) assert.ok(namesOf(planRun("full", everything)).includes(`engine: ${file}`), file);
  });
});

describe(".ci/run", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-ci-test-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs .ci/run with an npm whose first half prints this line and ends with this exit code. The second half passes. */
  function run(line: string, status: number): { lines: string[]; status: number | null } {
    cpSync(".ci/run", path.join(folder, "project/.ci/run"));
    const npm = path.join(folder, "npm");
    writeFileSync(
      npm,
      `#!/bin/sh\ncase "$*" in test*) echo "${line}"; exit ${status};; *--rest*) echo "7 passed, 0 failed"; exit 0;; *) echo "$*";; esac\n`,
    );
    chmodSync(npm, 0o755);
    const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
    const { stdout, status: ended } = spawnSync(path.join(folder, "project/.ci/run"), { encoding: "utf8", env });
    return { lines: stdout.trimEnd().split("\n"), status: ended };
  }

  it("installs first, and ends with the sum of both halves", () => {
    const { lines, status } = run("5 passed, 0 failed", 0);
    assert.deepEqual([lines[0], lines.at(-1), status], ["ci", "12 passed, 0 failed", 0]);
  });

  it("runs the second half after a failed first one, and fails", () => {
    const { lines, status } = run("5 passed, 2 failed", 1);
    assert.deepEqual([lines.at(-1), status], ["12 passed, 2 failed", 1]);
  });

  it("fails if the first half is interrupted", () => assert.equal(run("", 130).status, 1));
});
