import * as assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Type } from "../../graph/types";
import { destroy, Engine, previewSteps, up } from "../helpers/engine";

const run = promisify(execFile);
/** The state lies in a file here, and a file that is being written when its writer dies is cut off itself. */
const stateWrittenMs = 2_000;

/** What docs/deploy.md says of a deployment that was cut off, in its order. */
describe("A deployment that was cut off", () => {
  let engine: Engine;
  let release = () => {};
  before(async () => {
    engine = await Engine.start();
    await engine.stack("dev");
    engine.cloud.hold = new Promise((resolve) => (release = resolve));
  });
  after(() => {
    release();
    engine.stop();
  });

  const place = () => ({ cwd: engine.projectFolder(), env: { ...process.env, ...engine.environment } });
  const pulumi = (...args: string[]) => run("pulumi", [...args, "--color", "never"], place());

  it("leaves its lock, so that the next one is refused", async () => {
    const args = ["up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"];
    const deployment = spawn("pulumi", args, { ...place(), stdio: ["ignore", "pipe", "ignore"], detached: true });
    const ended = once(deployment, "exit");
    await new Promise<void>((resolve) =>
      deployment.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("creating")) resolve();
      }),
    );
    await sleep(stateWrittenMs);
    process.kill(-deployment.pid!, "SIGKILL");
    await ended;
    release();
    await assert.rejects(pulumi(...args), /the stack is currently locked by 1 lock\(s\)[^]+`pulumi cancel`/);
  });

  it("goes on after cancel, refresh and up", async () => {
    await pulumi("cancel", "dev", "--yes");
    await pulumi("refresh", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive");
    await pulumi("up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive");
    assert.deepEqual(await previewSteps(await engine.stack("dev")), []);
  });
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
