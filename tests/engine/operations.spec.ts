import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Engine, up } from "../../testbed/engine/engine";
import { startAws, type Call } from "../helpers/failedEvent";

describe("The operators' tool, on a stack that the real engine deployed", () => {
  let engine: Engine;
  let aws: Server | undefined;
  let outputs: Record<string, unknown>;
  const calls: Call[] = [];
  before(async () => {
    engine = await Engine.start();
    ({ outputs } = await up(await engine.stack("dev")));
    await engine.stack("empty");
    aws = await startAws(calls);
  });
  after(() => {
    aws?.close();
    engine.stop();
  });

  /** As a person gives it in the project's folder. */
  async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { port } = aws!.address() as AddressInfo;
    const env = { ...process.env, ...engine.environment, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, NODE_NO_WARNINGS: "1" };
    return new Promise((resolve) =>
      execFile(
        process.execPath,
        ["bin/webhook-pipeline.js", "events", ...args],
        { cwd: engine.projectFolder(), env },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      ),
    );
  }

  it("finds the table in the stack's outputs, by the stack's name alone", async () => {
    const { code, stdout, stderr } = await run("list", "--stack", "dev", "--json");
    assert.equal(code, 0, stderr);
    const { events } = JSON.parse(stdout) as { events: { transactionId: string; status: string }[] };
    assert.deepEqual(
      events.map(({ transactionId, status }) => [transactionId, status]),
      [["stripe#evt_1", "FAILED"]],
    );
    assert.equal(calls.length, 2, "a query for open events, and one for settled ones");
    for (const { parameters } of calls) assert.equal(parameters.TableName, outputs.tableName);
  });

  it("says what it would do with --dry-run, and changes nothing", async () => {
    calls.length = 0;
    const { code, stdout, stderr } = await run("redrive", "--all", "--dry-run", "--stack", "dev");
    assert.equal(code, 0);
    assert.deepEqual([stdout, stderr], ["stripe#evt_1\n", "1 event would be redriven.\n"]);
    assert.ok(calls.length > 0 && calls.every(({ action }) => action.endsWith(".Query")));
  });

  it("asks before it changes anything, however little it is", async () => {
    calls.length = 0;
    for (const line of [
      ["redrive", "stripe#evt_1"],
      ["redrive", "--all"],
      ["replay", "stripe#evt_1"],
    ]) {
      const { code, stderr } = await run(...line, "--stack", "dev");
      assert.equal(code, 1);
      assert.match(stderr, /^(Redrive|Publish) 1 event.+\? Nobody can be asked here: give --yes\.\n$/);
    }
    assert.ok(calls.every(({ action }) => action.endsWith(".Query")));
  });

  it("refuses a source that the stack does not have", async () => {
    const { code, stderr } = await run("list", "--stack", "dev", "--source", "strip");
    assert.deepEqual([code, /^--source is "strip"\. Allowed: .*stripe.*\.\n$/.test(stderr)], [2, true], stderr);
  });

  it("says so if the stack is not deployed, or not there", async () => {
    const empty = await run("stats", "--stack", "empty");
    assert.deepEqual(
      [empty.code, empty.stderr.trim()],
      [3, "The stack empty is not deployed: it has no outputs. Run pulumi up --stack empty."],
    );
    const none = await run("stats", "--stack", "nowhere");
    assert.match(none.stderr, /^No Pulumi\.nowhere\.yaml here\. Stacks: /);
    assert.equal(none.code, 3);
  });
});
