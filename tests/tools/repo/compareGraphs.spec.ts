import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

/** Runs the step of the workflow in a repository of two commits. Links the packages instead of a clean install. */
describe("The workflow's comparison of graphs", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-repository-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("compares each stack with the previous commit, for the comment and the job's summary", () => {
    const project = path.join(folder, "project");
    const temporary = path.join(folder, "temporary");
    const tools = path.join(folder, "tools");
    for (const one of [project, temporary, tools]) mkdirSync(one);
    const sources = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
    for (const file of sources.filter((file) => /\.(ts|js|json|yaml|sh|gitignore)$/.test(file) && !/^tests\//.test(file)))
      cpSync(file, path.join(project, file));
    rmSync(path.join(project, "Pulumi.prod.yaml"));
    writeNpm(tools);

    const output = path.join(temporary, "output");
    const summary = path.join(temporary, "summary");
    const env = {
      ...process.env,
      PATH: `${tools}${path.delimiter}${process.env.PATH}`,
      RUNNER_TEMP: temporary,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GIT_CONFIG_GLOBAL: "/dev/null",
    };
    const run = (command: string) => execFileSync("bash", ["-euo", "pipefail", "-c", command], { cwd: project, env, stdio: "pipe" });
    const commit = "git add -A && git -c user.name=test -c user.email=test@example.com commit -qm change";
    run(`git init -q && npm ci && ${commit}`);
    appendFileSync(path.join(project, "Pulumi.dev.yaml"), "  webhook-pipeline:lambdaMemoryMb: 1024\n");
    run(commit);
    run(comparisonStep());

    const compared = readFileSync(summary, "utf8");
    assert.match(compared, /^### Resources of dev: 0 added, 3 changed, 0 replaced, 0 deleted$/m);
    assert.match(compared, /^- memorySize: 512\n\+ memorySize: 1024$/m);
    const [, end, value] = /^comparison<<(\S+)\n([^]*)\n\1\n$/.exec(readFileSync(output, "utf8"))!;
    assert.match(end, /^end-\d+$/);
    assert.equal(`${value}\n`, compared);
  });

  function comparisonStep(): string {
    const { jobs } = parse(readFileSync(".github/workflows/checks.yml", "utf8")) as {
      jobs: { graph: { steps: { id?: string; run: string }[] } };
    };
    return jobs.graph.steps.find(({ id }) => id === "compare")!.run;
  }

  /** Writes an npm whose `ci` links the installed packages. */
  function writeNpm(tools: string): void {
    const file = path.join(tools, "npm");
    const npm = execFileSync("bash", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    const modules = path.resolve("node_modules");
    writeFileSync(
      file,
      `#!/usr/bin/env bash\nif [ "$1" = ci ]; then exec ln -sfn '${modules}' "\${3:-.}/node_modules"; fi\nexec '${npm}' "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
});
