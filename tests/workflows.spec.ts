import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import Module from "node:module";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { parse } from "yaml";
import { captureProgram } from "../preflight/graph/capture";
import type { ProgramResult } from "../preflight/graph/run";
import { Type } from "../preflight/graph/types";

const folder = ".github/workflows";
const setupFile = ".github/actions/setup/action.yml";
const files = readdirSync(folder).map((file) => path.join(folder, file));
const read = (file: string) => readFileSync(file, "utf8");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}
interface Job {
  "timeout-minutes"?: number;
  steps?: Step[];
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  environment?: string;
  strategy?: { matrix: { stack: string[] } };
  with?: { stack: string };
  needs?: string;
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  jobs: Record<string, Job>;
}
const workflow = (name: string) => parse(read(path.join(folder, `${name}.yml`))) as Workflow;
const stacks = readdirSync(".").flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** The action's default session, in seconds. @see https://github.com/aws-actions/configure-aws-credentials#session-duration */
const defaultSession = 3_600;
/** Time for a canceled deployment to write its state. */
const marginSeconds = 600;

interface LanguageService {
  validate(document: unknown): Promise<{ message: string; range: { start: { line: number } } }[]>;
  TextDocument: { create(uri: string, language: string, version: number, text: string): unknown };
}

/** Loads GitHub's validator of workflows. Node.js cannot load the package as it is published, so it is bundled first. */
function loadLanguageService(): LanguageService {
  const contents = 'export * from "@actions/languageservice"; export * from "vscode-languageserver-textdocument";';
  const bundle = buildSync({ stdin: { contents, resolveDir: "." }, bundle: true, platform: "node", format: "cjs", write: false });
  const loaded = new Module("language-service") as Module & { _compile(code: string, file: string): void };
  loaded._compile(bundle.outputFiles[0].text, path.resolve("language-service.cjs"));
  return loaded.exports as LanguageService;
}

/** Captures the program of the roles with the defaults of its Pulumi.yaml. */
function captureAccess(): Promise<ProgramResult> {
  const { name, config } = parse(read("ci-roles/Pulumi.yaml")) as { name: string; config: Record<string, { default?: unknown }> };
  const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const defaults = Object.entries(config).flatMap(([key, declared]) =>
    declared.default === undefined ? [] : [[`${name}:${key}`, asText(declared.default)] as const],
  );
  const settings = { "aws:region": "eu-central-1", ...Object.fromEntries(defaults), [`${name}:repository`]: "acme/hooks" };
  return captureProgram({ project: name, stack: "main", entry: "ci-roles/index", config: settings });
}

describe("The workflows", () => {
  let service: LanguageService;
  before(() => (service = loadLanguageService()));

  async function problems(file: string, text = read(file)): Promise<string[]> {
    const found = await service.validate(service.TextDocument.create(`file:///${file}`, "yaml", 1, text));
    return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
  }

  for (const file of [...files, setupFile]) {
    it(`are valid: ${file}`, async () => assert.deepEqual(await problems(file), []));
  }

  it("are invalid with a mistyped reference", async () => {
    const [file] = files.filter((file) => file.endsWith("checks.yml"));
    assert.notDeepEqual(await problems("mistyped.yml", read(file).replace("steps.compare.outputs", "steps.compared.outputs")), []);
  });

  it("pin each external action by commit, with its version as a comment", () => {
    const uses = [...files, setupFile].flatMap((file) => read(file).match(/uses: .+/g) ?? []);
    const others = uses.filter((line) => !line.includes(" ./"));
    assert.ok(others.length >= 8);
    for (const line of others) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("grant permissions per job, and a token for AWS only to jobs that call AWS", () => {
    for (const file of files) {
      const { permissions, jobs } = parse(read(file)) as Workflow;
      assert.deepEqual(permissions, {}, file);
      for (const [name, job] of Object.entries(jobs)) {
        const callsAws = job.steps?.some(({ uses }) => uses?.startsWith("aws-actions/")) ?? job.with !== undefined;
        assert.equal(job.permissions?.["id-token"], callsAws ? "write" : undefined, `${file} ${name}`);
      }
    }
  });

  it("install only locked packages, without their scripts", () => {
    for (const file of [...files, setupFile])
      for (const [command] of read(file).matchAll(/\bnpm (ci|i|install|add|exec)\b.*|\bnpx\b.*/g))
        assert.equal(command, "npm ci --ignore-scripts", file);
    assert.ok(read(setupFile).includes("npm ci --ignore-scripts"));
  });

  it("request credentials only for the last step", () => {
    for (const file of files)
      for (const [name, { steps = [] }] of Object.entries((parse(read(file)) as Workflow).jobs)) {
        const credentials = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/"));
        if (credentials < 0) continue;
        assert.equal(credentials, steps.length - 2, `${file} ${name}`);
        assert.match(steps.at(-1)!.run!, /^pulumi (preview|up) /, `${file} ${name}`);
      }
  });

  it("leave no GitHub token in the folder in which a pull request's code runs", () => {
    for (const file of files)
      for (const { steps = [] } of Object.values((parse(read(file)) as Workflow).jobs))
        for (const { uses, with: inputs } of steps)
          if (uses?.startsWith("actions/checkout@")) assert.equal(String(inputs?.["persist-credentials"]), "false", file);
  });

  it("contain no credential and use no repository secret", () => {
    for (const file of files) assert.doesNotMatch(read(file), /secrets\.|aws-access-key-id|PULUMI_ACCESS_TOKEN/, file);
  });

  it("give no credentials to pull requests from forks", () => {
    for (const file of files) assert.doesNotMatch(read(file), /pull_request_target/, file);
    assert.match(read(path.join(folder, "preview.yml")), /if: github\.event\.pull_request\.head\.repo\.full_name == github\.repository/);
  });

  it("preview every stack and check it for drift", () => {
    assert.deepEqual(workflow("preview").jobs.preview.strategy!.matrix.stack, stacks);
    assert.deepEqual(workflow("drift").jobs.drift.strategy!.matrix.stack, stacks);
  });

  it("deploy the stacks one after the other, after the checks pass", () => {
    const { checks, ...deployments } = workflow("deploy").jobs;
    assert.ok(checks);
    const order = Object.values(deployments).map(({ needs, with: inputs }) => [needs, inputs!.stack]);
    assert.deepEqual(order, [
      ["checks", "dev"],
      ["dev", "prod"],
    ]);
  });

  it("deploy a stack in its own environment, never twice at once, and never cancel a deployment", () => {
    const { environment, concurrency } = workflow("up").jobs.up;
    assert.equal(environment, "${{ inputs.stack }}");
    assert.deepEqual(concurrency, { group: "deploy-${{ inputs.stack }}", "cancel-in-progress": false });
  });

  it("end before their credentials expire, because writing the state needs credentials", async () => {
    const { resources } = await captureAccess();
    const longestSession = Math.min(
      ...resources.filter(({ type }) => type === Type.role).map(({ inputs }) => Number(inputs.maxSessionDuration)),
    );
    let jobs = 0;
    for (const file of files)
      for (const [name, job] of Object.entries((parse(read(file)) as Workflow).jobs)) {
        const credentials = job.steps?.find(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
        if (!credentials) continue;
        const seconds = Number(credentials.with!["role-duration-seconds"] ?? defaultSession);
        assert.ok(job["timeout-minutes"]! * 60 <= seconds - marginSeconds, `${file} ${name}`);
        assert.ok(seconds <= longestSession, `${file} ${name}`);
        jobs++;
      }
    assert.equal(jobs, 3);
  });

  it("check a pull request's preview with the preflight's rules", () => {
    const { run } = workflow("preview").jobs.preview.steps!.at(-1)!;
    assert.match(run!, /^pulumi preview .*--policy-pack preflight$/);
  });

  it("check for drift by pulumi preview --refresh --expect-no-changes", () => {
    const [run] = workflow("drift").jobs.drift.steps!.flatMap(({ run }) => run ?? []);
    assert.match(run, /^pulumi preview .*--refresh --expect-no-changes/);
  });

  it("use the SDK's version of the Pulumi CLI", () => {
    const { runs } = parse(read(setupFile)) as { runs: { steps: Step[] } };
    const cli = runs.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"))!.with!["pulumi-version"];
    assert.equal(cli, (JSON.parse(read("package.json")) as { dependencies: Record<string, string> }).dependencies["@pulumi/pulumi"]);
  });
});

describe("The comment on a pull request", () => {
  const script = workflow("checks").jobs.comment.steps![0].with!.script;
  const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => (...values: unknown[]) => Promise<void>;

  /** Runs the workflow's script with these existing comments, and returns its requests. */
  async function comment(comparison: string, existing: object[] = []): Promise<object[]> {
    const done: object[] = [];
    const issues = {
      listComments: "listComments",
      updateComment: (request: object) => done.push({ update: request }),
      createComment: (request: object) => done.push({ create: request }),
    };
    const github = { paginate: () => Promise.resolve(existing), rest: { issues } };
    const context = { repo: { owner: "acme", repo: "hooks" }, issue: { number: 7 } };
    const process = { env: { COMPARISON: comparison } };
    await new AsyncFunction("github", "context", "process", script)(github, context, process);
    return done;
  }
  const own = { id: 3, user: { type: "Bot" }, body: "<!-- resource graph -->\nbefore" };

  it("is created once", async () => {
    assert.deepEqual(await comment("new", [{ id: 1, user: { type: "Bot" }, body: "another's" }]), [
      { create: { owner: "acme", repo: "hooks", issue_number: 7, body: "<!-- resource graph -->\nnew" } },
    ]);
  });

  it("is updated later, without changing other people's comments", async () => {
    const quoted = { ...own, id: 2, user: { type: "User" } };
    assert.deepEqual(await comment("new", [quoted, own]), [
      { update: { owner: "acme", repo: "hooks", comment_id: 3, body: "<!-- resource graph -->\nnew" } },
    ]);
  });

  it("is never longer than GitHub allows", async () => {
    const [{ create }] = (await comment("x".repeat(70_000))) as { create: { body: string } }[];
    assert.equal(create.body.length, 65_536);
  });
});
