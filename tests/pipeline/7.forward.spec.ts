import * as assert from "node:assert/strict";
import { statSync } from "node:fs";
import * as path from "node:path";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { Webhook } from "standardwebhooks";
import { createClients } from "../../local/clients";
import { Command, runProgram } from "../helpers/commands";
import { Endpoint } from "../helpers/endpoint";
import { eventually } from "../helpers/eventually";
import { freePort } from "../helpers/freePort";
import { RunFolder } from "../helpers/localRun";

const secretIn = ({ printed }: Command) => /WEBHOOK_SECRET=(\S+) node docs\/service\.mjs/.exec(printed)?.[1];

describe("start --forward-to", () => {
  const folder = new RunFolder();
  const commands: Command[] = [];
  const started = (command: Command) => (commands.push(command), command);
  const service = new Endpoint();
  let port: number;
  let run: Command;
  let secret: string;
  let startedAt: number;
  before(async () => {
    port = await freePort();
    startedAt = performance.now();
    run = start("--sources", "stripe,github");
    secret = await eventually("the secret", async () => secretIn(run), 100_000);
  });
  after(async () => {
    for (const { child } of commands) child.kill("SIGINT");
    await Promise.all(commands.map(({ ended }) => ended));
    if (service.port > 0) await service.stop();
    folder.remove();
  });

  function start(...options: string[]): Command {
    const args = ["start", "--forward-to", `http://127.0.0.1:${port}/hooks`, ...options];
    return started(runProgram(args, folder.environment));
  }
  const startService = (key: string) =>
    started(new Command(process.execPath, ["docs/service.mjs"], { WEBHOOK_SECRET: key, PORT: String(port) }));
  const prints = (command: Command, what: RegExp) => eventually(`${what}`, async () => what.exec(command.printed)?.[0], 60_000);

  it("waits for the service, and then posts the samples to it, verified, within two minutes of the start", async () => {
    await prints(run, /Waiting for a service at 127\.0\.0\.1:\d+\./);
    assert.doesNotMatch(run.printed, /sample: 202/);
    const service = startService(secret);
    await prints(service, /^payment\.succeeded stripe#\S+$/m);
    await prints(service, /^other github#\S+$/m);
    await prints(run, /^ {2}DELIVERED {2}stripe#\S+ {2}to local: 204 in \d+ ms$/m);
    const seconds = (performance.now() - startedAt) / 1_000;
    assert.ok(seconds < 120, `${seconds} s`);
    service.child.kill();
    await service.ended;
  });

  it("shows a failure, and when it is tried again", async () => {
    await prints(run, /Ready for more/);
    const sent = await folder.tool(["send", "stripe"]);
    assert.equal(sent.code, 0, sent.stderr);
    await prints(run, /^ {2}RETRYING {3}stripe#\S+ {2}to local: .*ECONNREFUSED.* Tried again in [45] s\.$/m);
  });

  it("shows that a service with another secret pauses the destination, and how to resume it", async () => {
    startService("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    await prints(run, /^ {2}WAITING {4}stripe#\S+ {2}to local: .*401.* until the destination is resumed\.$/m);
    await prints(run, /^ {2}PAUSED {5}local {2}.*401.* npx webhook-pipeline destinations resume local$/m);
  });

  it("has the same secret at the next start, for its owner alone", async () => {
    run.child.kill("SIGINT");
    await run.ended;
    await service.start();
    port = service.port;
    run = start("--sources", "stripe", "--keep");
    assert.equal(await eventually("the secret", async () => secretIn(run), 100_000), secret);
    assert.equal(statSync(path.join(folder.path, "forwarding-secret")).mode & 0o777, 0o600);
    await prints(run, /Ready for more/);
  });

  it("goes on with the secret and the pause of a kept run", async () => {
    const set = await folder.tool(["secrets", "set", "to-local", "--generate", "--replace", "--yes"]);
    const [changed] = /whsec_[\w+/=]+/.exec(set.stdout.toString()) ?? assert.fail(set.stderr);
    const paused = await folder.tool(["destinations", "pause", "local", "--reason", "lunch", "--yes"]);
    assert.equal(paused.code, 0, paused.stderr);
    await prints(run, /^ {2}PAUSED {5}local {2}lunch\. Resume it: /m);
    run.child.kill("SIGINT");
    await run.ended;
    const before = service.received.length;
    run = start("--sources", "stripe", "--keep");
    await prints(run, /^ {2}PAUSED {5}local {2}lunch\. Resume it: /m);
    assert.equal(secretIn(run), changed);
    await prints(run, /Ready for more/);
    assert.equal(service.received.length, before);
    const resumed = await folder.tool(["destinations", "resume", "local", "--yes"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    await prints(run, /^ {2}RESUMED {4}local$/m);
    await prints(run, /^ {2}DELIVERED {2}stripe#/m);
    const [{ body, headers }] = service.received.slice(before);
    new Webhook(changed).verify(body.toString(), headers as Record<string, string>);
  });

  it("ends with 0 once every sample is delivered", async () => {
    run.child.kill("SIGINT");
    await run.ended;
    const { code, stdout } = await start("--once", "--sources", "stripe", "--keep").ended;
    assert.match(stdout.toString(), /\n1 of 1 are delivered to http:\/\/127\.0\.0\.1:\d+\/hooks\.\nKept the URLs/);
    assert.equal(code, 0);
  });

  it("leaves no rule behind in a kept run that goes on without it", async () => {
    const next = started(await folder.start("--sources", "stripe", "--keep"));
    const pipeline = folder.pipeline();
    const { Rules } = await createClients(pipeline).eventBridge.send(new ListRulesCommand({ EventBusName: pipeline.outputs.eventBusName }));
    assert.deepEqual(Rules ?? [], []);
    assert.deepEqual(pipeline.destinations, {});
    next.child.kill("SIGINT");
    await next.ended;
  });
});
