import * as assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { Type } from "../../../preflight/graph/types";
import { program } from "../../../testbed/program";
import { runProgram, runProgramIn, temporaryFolder } from "../../helpers/script";

describe("npx webhook-pipeline stack preflight", () => {
  const at = temporaryFolder();
  const elsewhere = temporaryFolder();
  before(() => copyFileSync("Pulumi.yaml", at("Pulumi.yaml")));
  const run = (...args: string[]) => runProgram("stack", "preflight", ...args);

  async function graphWith(input: string, value: unknown): Promise<string> {
    const resources = structuredClone((await program()).resources);
    resources.find(({ type }) => type === Type.function)!.inputs[input] = value;
    const file = at(`${input}.json`);
    writeFileSync(file, JSON.stringify(resources));
    return file;
  }

  it("ends with 0 for the stack dev", async () => {
    const { status, stdout } = await run();
    assert.match(stdout, /^\d+ resources, \d+ rules: 0 errors, 0 warnings$/m);
    assert.equal(status, 0);
  });

  it("warns if the account in the stack's file runs ten functions at once", async () => {
    const config = { "aws:region": "eu-central-1", "webhook-pipeline:accountConcurrency": 10 };
    writeFileSync(at("Pulumi.new.yaml"), JSON.stringify({ config }));
    const { status, stdout } = await runProgramIn(at(), "stack", "preflight", "--stack", "new");
    assert.match(stdout, /^warning lambda-account-concurrency\n.*The account can run 10 Lambda executions at once/m);
    assert.match(stdout, /: 0 errors, 1 warning$/m);
    assert.equal(status, 0);
  });

  it("compares throttles with the account's limit in the stack's file", async () => {
    const throttles = { "webhook-pipeline:throttleRequestsPerMinute": 400_000, "webhook-pipeline:throttleBurst": 3_333 };
    const config = { "aws:region": "eu-central-1", ...throttles, "webhook-pipeline:accountRequestsPerSecond": 20_000 };
    writeFileSync(at("Pulumi.large.yaml"), JSON.stringify({ config }));
    const { status, stdout } = await runProgramIn(at(), "stack", "preflight", "--stack", "large");
    assert.match(stdout, /: 0 errors, 0 warnings$/m);
    assert.equal(status, 0);
  });

  it("says that it must run in the project's folder, where there is no Pulumi.yaml", async () => {
    const { status, stderr } = await runProgramIn(elsewhere(), "stack", "preflight", "--stack", "dev");
    assert.match(stderr, /^No Pulumi\.yaml with a project name in .+\. Run the command in the project's folder\.\n$/);
    assert.notEqual(status, 0);
  });

  it("ends with 1 if AWS would refuse something", async () => {
    const { status, stdout } = await run(await graphWith("memorySize", 64));
    assert.match(stdout, /^error lambda-memory$/m);
    assert.equal(status, 1);
  });

  const refusals: Record<string, [args: string[], status: number, message: RegExp]> = {
    "a file that is not a graph": [["package.json"], 1, /^package\.json is (no|not a) resource graph: .+\n$/],
    "a file that does not exist": [["nowhere.json"], 3, /^There is no file nowhere\.json\. Write a graph with "npx .+"\.\n$/],
    "a folder": [["tests"], 1, /^tests is a folder\. Allowed: a file .+\n$/],
    "a stack without a file": [["--stack", "nowhere"], 3, /^No Pulumi\.nowhere\.yaml here\. Stacks: dev, prod\.\n$/],
    "a graph and a stack": [["graph.json", "--stack", "dev"], 2, /^Give a graph or --stack, not both\..+\n$/],
    "two forms of output": [["--json", "--sarif"], 2, /^Option "--sarif" cannot be used with option "--json"\. See .+\n$/],
  };
  for (const [what, [args, expected, message]] of Object.entries(refusals))
    it(`refuses ${what} in one line, with exit code ${expected}`, async () => {
      const { status, stderr } = await run(...args);
      assert.match(stderr, message);
      assert.equal(status, expected);
    });

  it("prints a failure as JSON alone on standard output", async () => {
    const { stdout, stderr } = await run("--stack", "nowhere", "--json");
    assert.deepEqual(JSON.parse(stdout), { error: stderr.trimEnd(), code: 3 });
  });
});
