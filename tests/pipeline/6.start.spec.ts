import * as assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";
import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { post } from "../../local/post";
import { freshSample } from "../../local/samples";
import { inItem } from "../../handlers/payload/payload";
import { Command, processesAt } from "../helpers/commands";
import { RunFolder } from "../helpers/localRun";
import { runOnTerminal } from "../helpers/terminal";

/** Everything that a terminal would obey, in what came from outside. */
const evil = "\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\u2066\nPROCESSED  forged row";
const bytes = Buffer.from([0x7b, 0x22, 0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x00, 0x22, 0x7d]);

describe("The local run", () => {
  let folder: RunFolder;
  let first: Command;
  let pipeline: LocalPipeline;
  before(async () => {
    folder = new RunFolder();
    first = await folder.start();
    pipeline = folder.pipeline();
  });
  after(async () => {
    first?.child.kill("SIGINT");
    await first?.ended;
    folder.remove();
  });

  it("has its keys where nobody else reads them", () => {
    assert.equal(statSync(folder.announcement).mode & 0o777, 0o600);
  });

  it("keeps its file from a second one, which says so", async () => {
    const second = await folder.tool(["start", "--once"]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^A pipeline runs here already \(process \d+, http:\/\/127\.0\.0\.1:\d+\)\. Stop it with Ctrl-C, or .+\n$/);
    assert.equal(folder.pipeline().endpoint, pipeline.endpoint);
  });

  it("has its sources sign with what npx webhook-pipeline secrets has set since", async () => {
    const old = (await post(pipeline, "github", freshSample("github"))).status;
    const set = await folder.tool(["secrets", "set", "github", "--replace"], "another secret of github".replaceAll(" ", "-"));
    assert.deepEqual([old, set.code], [202, 0], set.stderr);
    const sent = await folder.tool(["send", "github"]);
    assert.match(sent.stdout.toString(), /^202, stored as github#/, sent.stderr);
    assert.equal((await post(pipeline, "github", freshSample("github"))).status, 401, "the old one is of no use any more");
  });

  it("lets both secrets of a rotation be tried as docs/providers.md shows, and describes the new one to other programs", async () => {
    const [, drill] = /### Practice: rotate a secret\n[^]*?```\n([^]*?)```/.exec(readFileSync("docs/providers.md", "utf8"))!;
    const steps = [...drill.matchAll(/^\$ (?:echo (\S+) \| )?npx webhook-pipeline (.+)\n(.+)$/gm)];
    assert.equal(steps.length, 5);
    for (const [line, input, args, output] of steps) {
      const { stdout, stderr } = await folder.tool(args.split(" "), input);
      const shown = `${stdout}${stderr}`.trim().replace(/\d+ ms/, "N ms");
      const [begin, end = ""] = output.replace(/\d+ ms/, "N ms").split("…");
      assert.ok(shown.startsWith(begin) && shown.endsWith(end.trim()), `${line}\n${shown}`);
      if (!output.includes("…")) assert.equal(shown, output);
      if (input !== undefined) assert.deepEqual(folder.pipeline().signing.stripe, { provider: "stripe", secret: input });
    }
    assert.equal(statSync(folder.announcement).mode & 0o777, 0o600);
    assert.equal((await post(folder.pipeline(), "stripe", freshSample("stripe"))).status, 202);
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
      [Attribute.settledShard]: { N: "0" },
      [Attribute.failedShard]: { N: "0" },
      ...inItem(bytes),
    };
    await createClients(pipeline).dynamodb.send(new PutItemCommand({ TableName: pipeline.outputs.tableName, Item }));
    const pty = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    const onTerminal = [process.execPath, "bin/webhook-pipeline.js", "events", "show", "stripe#evil", "--payload"];
    const [list, show, json, payload, terminal] = await Promise.all([
      folder.tool(["events", "list", "--status", "failed"]),
      folder.tool(["events", "show", "stripe#evil"]),
      folder.tool(["events", "list", "--status", "failed", "--json"]),
      folder.tool(["events", "show", "stripe#evil", "--payload"]),
      new Command("python3", ["-c", pty, ...onTerminal], folder.environment, "").ended,
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
    const { status, shown } = await runOnTerminal(["send", "github", "-"], [["", typed]], folder.environment);
    assert.match(shown, /202, stored as github#/);
    assert.equal(status, 0);
  });

  it("ends with a sentence where its local AWS is gone, and takes its file back", async () => {
    for (const pid of processesAt(pipeline.endpoint)) process.kill(pid, "SIGKILL");
    const { code, stderr } = await first.ended;
    assert.equal(code, 1);
    assert.match(stderr, /^The local AWS at \S+ does not answer any more \(.+\n$/);
    assert.ok(!folder.isAnnounced());
    const sent = await folder.tool(["send", "stripe"]);
    const sentence = 'No pipeline runs here. Start one with "npx webhook-pipeline start" in another terminal.\n';
    assert.deepEqual([sent.code, sent.stderr], [3, sentence]);
  });
});
