import * as assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Type } from "../../preflight/graph/types";
import { chaptersOf } from "../helpers/chapters";
import { destroy, Engine, previewSteps, up } from "../../testbed/engine/engine";
import { Standstill } from "../../testbed/engine/standIn/standstill";

const run = promisify(execFile);
const heading = "If a deployment is cut off";
const made = `${Type.role} webhook-processor-process-role`;
const idOfMade = "webhook-process-dev";
const notMade = `${Type.role} webhook-api-receive-role`;
/** As many steps as the engine has under way at once: when all of them wait for ever, it does and writes nothing more. */
const parallel = 4;
const pollMs = 50;
const alreadyThere = /EntityAlreadyExists: Role with name webhook-process-dev already exists/;

interface State {
  checkpoint: { latest?: { pending_operations?: { type: string; resource: { urn: string } }[] } };
}

/** Says of a URN what the cloud's journal says: type and name. */
function stepOf(urn: string): string {
  const [type, name] = urn.split("::").slice(-2);
  return `${type.split("$").at(-1)!} ${name}`;
}

/** Follows docs/deploy.md from a point at which AWS has made one thing of which the state does not know. */
describe("A deployment that was cut off", () => {
  const { commands } = chaptersOf(readFileSync("docs/deploy.md", "utf8")).find((chapter) => chapter.heading === heading)!;
  const standstill = new Standstill(made, notMade);
  let engine: Engine;
  /** What the document's list says of each creation: how it is taken over. */
  let imports: string[];
  before(async () => {
    engine = await Engine.start({ environment: { PULUMI_SKIP_CONFIRMATIONS: "true", NODE_NO_WARNINGS: "1" } });
    await engine.stack("dev");
  });
  after(() => engine.stop());

  const deployment = ["up", "--stack", "dev", "--skip-preview", "--non-interactive", "--parallel", String(parallel)];
  const place = () => ({ cwd: engine.projectFolder(), env: { ...process.env, ...engine.environment } });
  /** Answers what was printed. @throws Error with the same: that is where the engine says what AWS has refused. */
  const follow = (command: string) =>
    run("bash", ["-euo", "pipefail", "-c", command], place()).then(
      ({ stdout }) => stdout.trim(),
      ({ stdout, stderr }: Error & { stdout: string; stderr: string }) => Promise.reject(new Error(`${command}: ${stdout}${stderr}`)),
    );
  /** The document's commands, each of which this follows exactly once. */
  const [cancel, list, refresh, again] = commands;

  /** Creations that the state has as under way: their URNs by what the cloud's journal calls them. */
  function pending(): Record<string, string> {
    const text = readFileSync(path.join(engine.stateFolder, ".pulumi/stacks/webhook-pipeline/dev.json"), "utf8");
    const operations = (JSON.parse(text) as State).checkpoint.latest?.pending_operations ?? [];
    return Object.fromEntries(operations.filter(({ type }) => type === "creating").map(({ resource: { urn } }) => [stepOf(urn), urn]));
  }

  it("leaves its lock, so that the next one is refused, and what was under way in its state", async () => {
    engine.cloud.standstill = standstill;
    const killed = spawn("pulumi", deployment, { ...place(), stdio: "ignore", detached: true });
    const ended = once(killed, "exit");
    while (standstill.unanswered.length < parallel) await sleep(pollMs);
    process.kill(-killed.pid!, "SIGKILL");
    await ended;
    engine.cloud.standstill = undefined;
    assert.deepEqual(Object.keys(pending()).sort(), [...standstill.unanswered].sort());
    await assert.rejects(run("pulumi", deployment, place()), /the stack is currently locked by 1 lock\(s\)[^]+`pulumi cancel`/);
  });

  it("gets nothing that AWS had made by a refresh, be it told of it or not", async () => {
    await follow(cancel);
    imports = (await follow(list)).split("\n");
    await follow("pulumi refresh --stack dev");
    assert.deepEqual(Object.keys(pending()).sort(), [...standstill.unanswered].sort());
    const told = [pending()[made], idOfMade].map((one) => `--import-pending-creates '${one}'`).join(" ");
    await follow(`pulumi refresh --stack dev ${told}`);
    assert.ok(!(made in pending()), "no longer under way");
    await assert.rejects(follow(again), alreadyThere, "and made a second time");
  });

  it("goes on after cancel, refresh and up, with what AWS had made taken over", async () => {
    assert.equal(imports.length, parallel);
    await follow(refresh);
    assert.deepEqual(pending(), {});
    await follow(imports.find((line) => line.includes(made))!.replace(/ID$/, idOfMade));
    await follow(again);
    assert.deepEqual(await previewSteps(await engine.stack("dev")), []);
    for (const one of [made, notMade]) assert.deepEqual(creationsOf(one), [`create ${one}`]);
  });

  const creationsOf = (one: string) => engine.cloud.journal.filter((step) => step === `create ${one}`);
});

describe("A destroy while subscribers have rules on the bus", () => {
  let engine: Engine;
  before(async () => (engine = await Engine.start()));
  after(() => engine.stop());

  it("ends with AWS's refusal, and goes on once the rules are gone", async () => {
    const stack = await engine.stack("dev");
    await up(stack);
    const { id } = engine.cloud.all(Type.eventBus)[0];
    engine.cloud.create(Type.eventRule, "subscriber", { name: "subscriber", eventBusName: id });
    await assert.rejects(destroy(stack), /EventBus can't be deleted since it has rules/);
    engine.cloud.delete(Type.eventRule, engine.cloud.all(Type.eventRule)[0].id, "subscriber");
    await destroy(stack);
    assert.deepEqual(engine.cloud.all(Type.eventBus), []);
  });
});
