import * as assert from "node:assert/strict";
import { runScript } from "../../helpers/script";

/** Programs of the checks, which are no commands of `webhook-pipeline`, and what each is given in vain. */
const misused: Record<string, [args: string[], message: RegExp][]> = {
  "tools/repo/check": [
    [["--onyl", "unit"], /^Unknown option "--onyl"\. Did you mean --only\? See "npm test -- --help"\.\n$/],
    [["--only", "nothing"], /^Unknown step "nothing"\. Steps: pipeline, .+\.\n$/],
  ],
  "tools/repo/handlersOnLambdaNode": [[["surplus"], /^Unexpected argument "surplus"\. See /]],
  "tools/repo/lintWorkflows": [[["--surplus"], /^Unknown option "--surplus"\. See /]],
  "tools/repo/judge": [[["Pulumi.dev.yaml"], /^Missing required argument "judge"\. See /]],
  "tests/contract/run": [[["--requests", "0"], /^--requests is "0"\. Allowed: a whole number from 1 to 100,000\. See /]],
  "tests/mutations/command": [[["--sample", "x"], /^--sample is "x"\. Allowed: a whole number from 1 to 1,000,000\. See /]],
};

describe("A program of the checks", () => {
  for (const [file, lines] of Object.entries(misused))
    for (const [args, message] of lines)
      it(`refuses ${file} ${args.join(" ")} in one line, with exit code 2`, async () => {
        const { status, stdout, stderr } = await runScript(file, ...args);
        assert.deepEqual([status, stdout, stderr.split("\n").length], [2, "", 2]);
        assert.match(stderr, message);
      });
});
