import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { runProgram } from "../../helpers/commands";
import { temporaryFolder } from "../../helpers/script";
import { startStackAt, type StackAt } from "../../helpers/stackAt";
import { runOnTerminal } from "../../helpers/terminal";

/** Before anything is created: Pulumi must not run, and AWS is asked for the account only. What is created has suites of its own. */
describe("npx webhook-pipeline stack bootstrap", () => {
  const at = temporaryFolder();
  const asked: string[] = [];
  let stack: StackAt;
  let environment: Record<string, string>;

  before(async () => {
    const identity = "<Arn>arn:aws:iam::123456789012:user/someone</Arn><Account>123456789012</Account>";
    stack = await startStackAt(at, `[ "$1" = version ] || touch "${at("ran")}"`, (body, response) => {
      asked.push(/Action=\w+/.exec(body)?.[0] ?? "something else");
      response.setHeader("content-type", "text/xml");
      response.end(`<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`);
    });
    environment = { ...stack.environment, AWS_REGION: "" };
  });
  beforeEach(() => asked.splice(0));
  afterEach(() => assert.ok(!existsSync(at("ran")), "Pulumi has run"));
  after(() => stack.stop());

  const bootstrap = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(["stack", "bootstrap", ...args], environment).ended;
    return { code, stdout: stdout.toString(), stderr };
  };
  const plan =
    /In the AWS account 123456789012, .+:\r?\n {2}bucket {2}\S+123456789012\S*\r?\n {2}key {5}alias\/\S+\r?\nand runs:\r?\n {2}pulumi login /;

  it("prints with --dry-run what it would create and run", async () => {
    const { code, stdout, stderr } = await bootstrap("--stack", "staging", "--region", "eu-central-1", "--dry-run");
    assert.equal(code, 0, stderr);
    assert.match(stdout, plan);
    assert.match(stdout, /^ {2}pulumi stack init staging .+\n {2}pulumi config set aws:region eu-central-1 --stack staging$/m);
    assert.deepEqual(asked, ["Action=GetCallerIdentity"]);
  });

  it("shows what it would create, and creates nothing without a yes", async () => {
    const { status, shown } = await runOnTerminal(["stack", "bootstrap", "--stack", "dev"], [["(yes/no)", "no\r"]], environment);
    assert.equal(status, 1, shown);
    assert.match(shown, plan);
    assert.match(shown, /Create these in your AWS account\? \(yes\/no\)[^]*Nothing was changed\./);
    assert.deepEqual(asked, ["Action=GetCallerIdentity"]);
  });

  const refusals: Record<string, [args: string[], code: number, message: RegExp]> = {
    "to create anything without a terminal or --yes": [
      ["--stack", "dev"],
      1,
      /^Create these in your AWS account\? Nobody can be asked here: give --yes\.\n$/,
    ],
    "a stack whose region is not known": [["--stack", "staging"], 2, /^No region is known\. Give --region, such as eu-central-1\.\n$/],
    "a region that AWS does not have": [
      ["--stack", "dev", "--region", "Frankfurt"],
      2,
      /^--region is "Frankfurt"\. Allowed: the code of an AWS region/,
    ],
    "a name that a stack cannot have": [["--stack", "Dev_1"], 2, /^--stack is "Dev_1"\. Allowed: lower-case letters/],
    "a command line without a stack": [["--yes"], 2, /^Required option "--stack <name>" not specified\. See /],
  };
  for (const [what, [args, expected, message]] of Object.entries(refusals))
    it(`refuses ${what}, with exit code ${expected}`, async () => {
      const { code, stderr } = await bootstrap(...args);
      assert.match(stderr, message);
      assert.equal(code, expected);
      assert.deepEqual(asked, []);
    });
});
