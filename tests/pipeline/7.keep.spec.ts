import * as assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createClients } from "../../local/clients";
import type { LocalPipeline } from "../../local/pipeline";
import { Command, processesAt, runProgram } from "../helpers/commands";
import { eventually } from "../helpers/eventually";
import { temporaryFolder } from "../helpers/script";

const another = "another-secret-of-github";

describe("start --keep", () => {
  const file = temporaryFolder();
  const environment = () => ({ LOCAL_RUN_FOLDER: file() });
  const runs: Command[] = [];
  after(async () => {
    for (const { child } of runs) child.kill("SIGINT");
    await Promise.all(runs.map(({ ended }) => ended));
  });
  const announcement = () => file("pipeline.json");
  const tool = (...args: string[]) => runProgram(args, environment()).ended;

  async function start(): Promise<{ run: Command; pipeline: LocalPipeline; secrets: string[] }> {
    const run = runProgram(["start", "--keep"], environment());
    runs.push(run);
    await eventually("the run to be ready", async () => run.printed.includes("Ready for more") || undefined, 100_000);
    const pipeline = JSON.parse(readFileSync(announcement(), "utf8")) as LocalPipeline;
    const { secretsManager } = createClients(pipeline);
    const ids = Object.values(pipeline.outputs.secretArns);
    const values = await Promise.all(ids.map((SecretId) => secretsManager.send(new GetSecretValueCommand({ SecretId }))));
    return { run, pipeline, secrets: values.map(({ SecretString }) => SecretString!) };
  }

  const listed = async () => {
    const { stdout, stderr } = await tool("events", "list", "--json", "--limit", "1000");
    const { events } = JSON.parse(stdout.toString() || assert.fail(stderr)) as { events: { transactionId: string; status: string }[] };
    return new Map(events.map(({ transactionId, status }) => [transactionId, status]));
  };

  let first: Awaited<ReturnType<typeof start>>;
  let events: Map<string, string>;
  let large: string;
  before(async () => {
    first = await start();
    const set = await runProgram(["secrets", "set", "github", "--replace"], environment(), another).ended;
    assert.equal(set.code, 0, set.stderr);
    const failed = JSON.parse((await tool("send", "stripe", "--fail", "--json")).stdout.toString()) as [{ transactionId: string }];
    large = failed[0].transactionId;
    events = await listed();
    first.run.child.kill("SIGINT");
    await first.run.ended;
  });

  it("leaves no process behind, and its folder to its owner alone", () => {
    assert.deepEqual(processesAt(first.pipeline.endpoint), []);
    assert.ok(!existsSync(announcement()));
    assert.equal(statSync(file("kept", "local")).mode & 0o777, 0o700);
    assert.equal(statSync(file("kept", "local", "run.json")).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(file("kept", "local", "aws")).sort(), ["s3", "state"]);
  });

  it("has the same URLs, secrets and events at the next start, even after that was killed", async () => {
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const { run, pipeline, secrets } = await start();
      assert.deepEqual(pipeline.urls, first.pipeline.urls);
      assert.equal(githubs(pipeline), another, "the description has the secret that was set");
      assert.deepEqual(pipeline.outputs.secretArns, first.pipeline.outputs.secretArns);
      assert.deepEqual(
        secrets,
        first.secrets.map((value) =>
          value === JSON.stringify({ secret: githubs(first.pipeline) }) ? JSON.stringify({ secret: another }) : value,
        ),
      );
      const now = await listed();
      // An event that was in flight has gone on since.
      const inFlight = ["RECEIVED", "PROCESSING"];
      for (const [id, status] of events) assert.ok(inFlight.includes(status) ? now.has(id) : now.get(id) === status, id);
      assert.match((await tool("send", "github")).stdout.toString(), /^202, stored as github#/, "signed with the secret that was set");
      if (signal === "SIGINT") {
        assert.equal((await tool("events", "redrive", large)).code, 0);
        await eventually("a large event to be PROCESSED", async () => run.printed.includes(`PROCESSED  ${large} `) || undefined, 60_000);
      }
      events = await listed();
      run.child.kill(signal);
      await run.ended;
    }
  });

  it("applies a changed configuration", async () => {
    mkdirSync(file("project"));
    copyFileSync("Pulumi.yaml", file("project", "Pulumi.yaml"));
    const startWith = async (...sources: string[]) => {
      const config = { "aws:region": "eu-central-1", "webhook-pipeline:sources": sources };
      writeFileSync(file("project", "Pulumi.mine.yaml"), JSON.stringify({ config }));
      const start = `exec "${process.execPath}" "${path.resolve("bin/webhook-pipeline.js")}" start --stack mine --keep --once --quiet`;
      const { code, stdout, stderr } = await new Command("bash", ["-c", `cd "${file("project")}" && ${start}`], environment()).ended;
      assert.equal(code, 0, stderr);
      assert.ok(stdout.toString().endsWith(`"npm start -- --stack mine --keep" goes on with them. Delete the folder to start anew.\n`));
      return Object.fromEntries([...stdout.toString().matchAll(/^ {2}(\S+) +(http\S+)$/gm)].map(([, source, url]) => [source, url]));
    };
    const before = await startWith("stripe", "github");
    const after = await startWith("stripe", "square");
    assert.deepEqual(Object.keys(after), ["stripe", "square"]);
    assert.equal(after.stripe, before.stripe);
  });

  it("finishes the events in flight before it ends, and says at the next start what it has kept", async () => {
    const { run } = await start();
    assert.match(run.printed, /^Kept from the last run: \d+ events\.( \d+ events? had not finished; .+)?$/m);
    const sent = await tool("send", "github", "--json");
    const kept = (await listed()).size;
    run.child.kill("SIGINT");
    const { stdout } = await run.ended;
    const last = stdout.toString().trimEnd().split("\n").at(-1);
    const where = `Kept the URLs, the secrets and ${kept} events in ${file("kept", "local")}.`;
    assert.equal(last, `${where} "npm start -- --keep" goes on with them. Delete the folder to start anew.`);
    const [{ transactionId }] = JSON.parse(sent.stdout.toString()) as [{ transactionId: string }];
    const again = await start();
    assert.equal((await listed()).get(transactionId), "PROCESSED");
    again.run.child.kill("SIGINT");
    await again.run.ended;
  });

  it("refuses another port, which its URLs do not have", async () => {
    const { code, stderr } = await tool("start", "--keep", "--port", "4567");
    assert.equal(code, 2);
    assert.match(stderr, /^The kept run has port \d+, which is a part of its URLs\. Leave --port out, or delete .+ to start anew\.\n$/);
  });
});

const githubs = ({ signing }: LocalPipeline) => (signing.github as { secret: string }).secret;
