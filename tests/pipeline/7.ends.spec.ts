import * as assert from "node:assert/strict";
import type { LocalPipeline } from "../../local/pipeline";
import { isListening } from "../../cli/lib/announcement";
import { Command, processesAt, runProgram } from "../helpers/commands";
import { eventually } from "../helpers/eventually";
import { assertNothingLeft, RunFolder } from "../helpers/localRun";

describe("The local run, interrupted", () => {
  let folder: RunFolder;
  before(() => (folder = new RunFolder()));
  after(() => folder.remove());

  it("ends all that it started where nobody reads on", async () => {
    const command = `"${process.execPath}" bin/webhook-pipeline.js start | head -n 3`;
    const { stdout } = await new Command("bash", ["-c", command], folder.environment).ended;
    const lines = /^Console: (\S+)\n\nThe pipeline runs at (\S+) /;
    const [, console, endpoint] = lines.exec(stdout.toString()) ?? assert.fail(stdout.toString());
    await assertNothingLeft(endpoint);
    assert.equal(await isListening(console), false);
    assert.ok(!folder.isAnnounced());
  });

  it("ends with npm, even where a signal reaches npm alone", async () => {
    const command = `"${process.execPath}" bin/webhook-pipeline.js start & wait`;
    const npm = new Command("bash", ["-c", command], { ...folder.environment, npm_lifecycle_event: "start" });
    await eventually("the run to be there", async () => folder.isAnnounced() || undefined, 60_000);
    const { endpoint } = folder.pipeline();
    npm.child.kill("SIGKILL");
    await assertNothingLeft(endpoint);
    assert.ok(!folder.isAnnounced());
  });

  describe("with a local AWS that is stopped", () => {
    let run: Command;
    let pipeline: LocalPipeline;
    before(async () => {
      run = await folder.start();
      pipeline = folder.pipeline();
    });
    after(async () => {
      run?.child.kill("SIGINT");
      await run?.ended;
    });

    it("stopped while an event is made to fail, does not hold the command", async () => {
      const sending = runProgram(["send", "stripe", "--fail"], folder.environment);
      await new Promise<void>((resolve) => {
        let said = "";
        sending.child.stderr!.on("data", (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes("Waiting for its attempts")) resolve();
        });
      });
      const group = processesAt(pipeline.endpoint);
      for (const pid of group) process.kill(pid, "SIGSTOP");
      try {
        const { code, stderr } = await sending.ended;
        assert.equal(code, 1);
        assert.match(stderr, /\nThe local AWS does not answer, so the processor may still not read the payload\. .+\n$/);
      } finally {
        for (const pid of group) process.kill(pid, "SIGCONT");
      }
    });

    it("stopped, lets no command wait", async () => {
      // Without a limit of its own, a request would wait for five minutes.
      const group = processesAt(pipeline.endpoint);
      assert.ok(group.length > 1, "the local AWS, and a function");
      for (const pid of group) process.kill(pid, "SIGSTOP");
      try {
        const commands = [
          ["send", "stripe"],
          ["events", "list"],
          ["secrets", "list"],
        ];
        for (const { code, stderr } of await Promise.all(commands.map(async (args) => folder.tool(args)))) {
          assert.equal(code, 1);
          assert.match(stderr, /^The pipeline at http:\/\/127\.0\.0\.1:\d+ does not answer\. .+\n$/);
        }
      } finally {
        for (const pid of group) process.kill(pid, "SIGCONT");
      }
    });
  });
});

describe("Whatever started the local AWS", () => {
  const program = (end: string) =>
    `const { runCommand } = require("./cli/lib/errors"); const { startMiniStack } = require("./local/ministack");
     const { onInterruption } = require("./cli/lib/interruption");
     runCommand(async () => {
       const { aws } = await startMiniStack({ region: "us-east-1", onSpawn: onInterruption });
       console.log(aws.endpoint);
       ${end}
     });`;
  const start = (end: string) => new Command(process.execPath, ["-r", "ts-node/register", "-e", program(end)]);
  const forever = "await new Promise((resolve) => setTimeout(resolve, 60_000));";

  async function endpointOf(command: Command): Promise<string> {
    return eventually("it to start", async () => /^http:\S+/.exec(command.printed)?.[0]);
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)
    it(`takes it along at ${signal}`, async () => {
      const command = start(forever);
      const endpoint = await endpointOf(command);
      assert.ok(processesAt(endpoint).length > 0);
      command.child.kill(signal);
      await command.ended;
      await assertNothingLeft(endpoint);
    });

  for (const [what, end] of [
    ["fails", 'throw new Error("no");'],
    ["ends without a word", "process.exit();"],
    ["ends", ""],
  ])
    it(`takes it along where it ${what}`, async () => {
      const command = start(end);
      const endpoint = await endpointOf(command);
      await command.ended;
      await assertNothingLeft(endpoint);
    });
});
