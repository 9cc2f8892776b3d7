import * as assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";
import { createClients } from "../../local/clients";
import { post, type LocalPipeline } from "../../local/pipeline";
import { freshSample } from "../../local/samples";
import { inItem } from "../../handlers/payload/payload";
import { Command, processesAt, runProgram, type Ended } from "../helpers/commands";
import { eventually } from "../helpers/pipeline";
import { runOnTerminal } from "../helpers/terminal";

/** Everything that a terminal would obey, in what came from outside. */
const evil = "\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\u2066\nPROCESSED  forged row";
const bytes = Buffer.from([0x7b, 0x22, 0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x00, 0x22, 0x7d]);

function isOpen(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port) });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}

/** Neither a process nor a port. */
async function assertNothingLeft(endpoint: string): Promise<void> {
  await eventually("all processes to end", async () => (processesAt(endpoint).length === 0 ? true : undefined), 10_000);
  assert.equal(await isOpen(endpoint), false);
}

describe("The local run", () => {
  let folder: string;
  const environment = () => ({ LOCAL_RUN_FOLDER: folder });
  const file = () => path.join(folder, "pipeline.json");
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-local-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("ends all that it started where nobody reads on", async () => {
    const command = `"${process.execPath}" bin/webhook-pipeline.js start | head -n 1`;
    const { stdout } = await new Command("bash", ["-c", command], environment()).ended;
    const [, endpoint] = /^The pipeline runs at (\S+) /.exec(stdout.toString()) ?? assert.fail(stdout.toString());
    await assertNothingLeft(endpoint);
    assert.ok(!existsSync(file()));
  });

  it("ends with npm, even where a signal reaches npm alone", async () => {
    const command = `"${process.execPath}" bin/webhook-pipeline.js start & wait`;
    const npm = new Command("bash", ["-c", command], { ...environment(), npm_lifecycle_event: "start" });
    await eventually("the run to be there", async () => existsSync(file()) || undefined, 60_000);
    const { endpoint } = JSON.parse(readFileSync(file(), "utf8")) as LocalPipeline;
    npm.child.kill("SIGKILL");
    await assertNothingLeft(endpoint);
    assert.ok(!existsSync(file()));
  });

  describe("while it runs", () => {
    let first: Command;
    let pipeline: LocalPipeline;
    const tool = (args: string[], input?: string): Promise<Ended> => runProgram(args, environment(), input).ended;
    before(async function () {
      this.timeout(120_000);
      first = runProgram(["start"], environment());
      await eventually("the first run to be ready", async () => first.printed.includes("Ready for more") || undefined, 100_000);
      pipeline = JSON.parse(readFileSync(file(), "utf8")) as LocalPipeline;
    });
    after(async () => {
      first.child.kill("SIGCONT");
      first.child.kill("SIGINT");
      await first.ended;
    });

    it("has its keys where nobody else reads them", () => {
      assert.equal(statSync(file()).mode & 0o777, 0o600);
    });

    it("keeps its file from a second one, which says so", async () => {
      const second = await tool(["start", "--once"]);
      assert.equal(second.code, 1);
      assert.match(
        second.stderr,
        /^A pipeline runs here already \(process \d+, http:\/\/127\.0\.0\.1:\d+\)\. Stop it with Ctrl-C, or .+\n$/,
      );
      assert.equal((JSON.parse(readFileSync(file(), "utf8")) as LocalPipeline).endpoint, pipeline.endpoint);
    });

    it("has its sources sign with what npx webhook-pipeline secrets has set since", async () => {
      const old = (await post(pipeline, "github", freshSample("github"))).status;
      const set = await tool(["secrets", "set", "github", "--replace"], "another secret of github".replaceAll(" ", "-"));
      assert.deepEqual([old, set.code], [202, 0], set.stderr);
      const sent = await tool(["send", "github"]);
      assert.match(sent.stdout.toString(), /^202, stored as github#/, sent.stderr);
      assert.equal((await post(pipeline, "github", freshSample("github"))).status, 401, "the old one is of no use any more");
    });

    it("has nothing from outside reach the terminal unescaped, and a payload's bytes reach a program as they came", async () => {
      const text = (value: string) => ({ S: value });
      const Item = {
        [Attribute.transactionId]: text("stripe#evil"),
        [Attribute.status]: text(Status.failed),
        [Attribute.source]: text("stripe"),
        [Attribute.receivedAt]: text("2026-01-31T12:00:00.000Z"),
        [Attribute.eventType]: text(evil),
        [Attribute.error]: text(evil),
        ...inItem(bytes),
      };
      await createClients(pipeline).dynamodb.send(new PutItemCommand({ TableName: pipeline.outputs.tableName, Item }));
      const pty = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
      const onTerminal = [process.execPath, "bin/webhook-pipeline.js", "events", "show", "stripe#evil", "--payload"];
      const [list, show, json, payload, terminal] = await Promise.all([
        tool(["events", "list", "--status", "failed"]),
        tool(["events", "show", "stripe#evil"]),
        tool(["events", "list", "--status", "failed", "--json"]),
        tool(["events", "show", "stripe#evil", "--payload"]),
        new Command("python3", ["-c", pty, ...onTerminal], environment(), "").ended,
      ]);
      const obeyed = /[\p{Cc}\p{Cf}]/u;
      for (const { stdout, stderr } of [list, show, { ...payload, stdout: payload.stderr }])
        for (const line of `${stdout}`.split("\n")) assert.doesNotMatch(line, obeyed, stderr);
      assert.equal(list.stdout.toString().split("\n").length, 2, "one event, one line");
      assert.match(list.stdout.toString(), /\\u001b\]0;title\\u0007.*\\n/);
      assert.equal((JSON.parse(json.stdout.toString()) as { events: { eventType: string }[] }).events[0].eventType, evil);
      assert.deepEqual(payload.stdout, bytes);
      assert.ok(terminal.stdout.includes('{"\\u001b[2J'), terminal.stdout.toString());
      assert.ok(!terminal.stdout.includes("\u001b"));
    });

    it("takes a body that is typed at a terminal", async () => {
      const typed = `${JSON.stringify({ action: "opened", number: 1 })}\n\u0004`;
      const { status, shown } = await runOnTerminal(["send", "github", "-"], [["", typed]], environment());
      assert.match(shown, /202, stored as github#/);
      assert.equal(status, 0);
    });

    it("stopped while an event is made to fail, does not hold the command", async function () {
      this.timeout(90_000);
      const sending = runProgram(["send", "stripe", "--fail"], environment());
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

    it("stopped, lets no command wait", async function () {
      // Without a limit of its own, a request would wait for five minutes.
      this.timeout(60_000);
      const group = processesAt(pipeline.endpoint);
      assert.ok(group.length > 1, "the local AWS, and a function");
      for (const pid of group) process.kill(pid, "SIGSTOP");
      try {
        const commands = [
          ["send", "stripe"],
          ["events", "list"],
          ["secrets", "list"],
        ];
        for (const { code, stderr } of await Promise.all(commands.map(async (args) => tool(args)))) {
          assert.equal(code, 1);
          assert.match(stderr, /^The pipeline at http:\/\/127\.0\.0\.1:\d+ does not answer\. .+\n$/);
        }
      } finally {
        for (const pid of group) process.kill(pid, "SIGCONT");
      }
    });

    it("ends with a sentence where its local AWS is gone, and takes its file back", async () => {
      for (const pid of processesAt(pipeline.endpoint)) process.kill(pid, "SIGKILL");
      const { code, stderr } = await first.ended;
      assert.equal(code, 1);
      assert.match(stderr, /^The local AWS at \S+ does not answer any more \(.+\n$/);
      assert.ok(!existsSync(file()));
      const sent = await tool(["send", "stripe"]);
      const sentence = 'No pipeline runs here. Start one with "npx webhook-pipeline start" in another terminal.\n';
      assert.deepEqual([sent.code, sent.stderr], [3, sentence]);
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
