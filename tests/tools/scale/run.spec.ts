import * as assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { runProgramIn, temporaryFolder } from "../../helpers/script";

interface Result {
  rate: number;
  stages: { id: string; capacity: number; required: number; more: string }[];
  traces: { id: string; quotas: string; lost: number; refusedFirst: number; sent: number; mostWaiting: number }[];
}

describe("npx webhook-pipeline stack scale", () => {
  const at = temporaryFolder();
  before(() => {
    copyFileSync("Pulumi.yaml", at("Pulumi.yaml"));
    writeStack("dev", {});
    writeStack("new", { "webhook-pipeline:accountConcurrency": 10 });
  });

  function writeStack(name: string, settings: Record<string, unknown>): void {
    writeFileSync(at(`Pulumi.${name}.yaml`), JSON.stringify({ config: { "aws:region": "eu-central-1", ...settings } }));
  }

  async function run(...args: string[]): Promise<Result> {
    const { status, stdout, stderr } = await runProgramIn(at(), "stack", "scale", "--json", ...args);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Result;
  }
  const concurrency = ({ stages }: Result) => stages.find(({ id }) => id === "concurrency")!;

  it("gives a new account with ten concurrent executions fifty events a second, two invocations each", async () => {
    const result = await run("--rate", "17", "--quota", "concurrency=10");
    assert.equal(concurrency(result).capacity, 50);
    for (const { lost, id, quotas } of result.traces) assert.equal(lost, 0, `${id}, ${quotas}`);
  });

  it("reads the account's quota from the stack's file, and prefers --quota", async () => {
    assert.equal(concurrency(await run("--rate", "1", "--stack", "new")).capacity, 50);
    assert.equal(concurrency(await run("--rate", "1", "--stack", "new", "--quota", "concurrency=100")).capacity, 500);
  });

  it("takes the account's limit of requests from the stack's file", async () => {
    writeStack("fast", { "webhook-pipeline:accountRequestsPerSecond": 20_000 });
    assert.equal((await run("--rate", "1", "--stack", "fast")).stages.find(({ id }) => id === "apiRate")!.capacity, 20_000);
  });

  it("simulates the stack's own rate without --rate, in a table that fits a terminal", async () => {
    assert.equal((await run()).rate, 50);
    const { stdout } = await runProgramIn(at(), "stack", "scale");
    assert.match(stdout, /^throttle +50 +50$/m);
    assert.deepEqual(
      stdout.split("\n").filter((line) => line.length > 80),
      [],
    );
  });

  it("refuses an unknown quota, and a value that is not a number", async () => {
    for (const [quota, message] of [
      ["lambdas=10", /^Unknown quota "lambdas" in --quota\. Quotas: apiRate, /],
      ["concurrency=few", /^--quota concurrency is "few"\. Allowed: a whole number /],
    ] as const) {
      const { status, stderr } = await runProgramIn(at(), "stack", "scale", "--quota", quota);
      assert.match(stderr, message);
      assert.notEqual(status, 0);
    }
  });
});
