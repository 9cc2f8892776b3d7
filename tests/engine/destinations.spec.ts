import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { Type } from "../../preflight/graph/types";
import { configure, destroy, Engine, previewSteps, up } from "../../testbed/engine/engine";
import { plain } from "../../testbed/engine/standIn/values";
import { postedOrders } from "../helpers/destinations";

const pulumi = promisify(execFile).bind(undefined, "pulumi");

/** In the order in which it happens; each step finds what the one before has left. */
describe("A destination that is paused, on the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  const mapping = () => engine.cloud.all(Type.eventSourceMapping)[0];
  /** Disables or enables the mapping as the function does. */
  const setEnabled = (enabled: boolean) => {
    for (const held of [mapping().inputs, mapping().outputs]) held.enabled = enabled;
  };

  before(async () => {
    engine = await Engine.start();
    dev = await engine.stack("dev", { destinations: [postedOrders] });
    await up(dev);
  });
  after(() => engine.stop());

  it("is enabled by the deployment that creates it", () => assert.equal(mapping().inputs.enabled, true));

  it("is not resumed by an update that changes its mapping", async () => {
    setEnabled(false);
    await configure(dev, { destinations: [{ ...postedOrders, maxConcurrency: 8 }] });
    const { steps } = await up(dev);
    assert.ok(steps.includes("update aws:lambda/eventSourceMapping:EventSourceMapping webhook-to-orders"), steps.join("\n"));
    assert.deepEqual(plain(mapping().inputs.scalingConfig), { maximumConcurrency: 8 });
    assert.equal(mapping().inputs.enabled, false);
  });

  it("is no drift, and is not resumed by an update with a refresh", async () => {
    const options = { cwd: engine.projectFolder(), env: { ...process.env, ...engine.environment } };
    await pulumi(["preview", "--stack", "dev", "--refresh", "--expect-no-changes", "--non-interactive"], options);
    await dev.up({ refresh: true });
    assert.equal(mapping().inputs.enabled, false);
    assert.deepEqual(await previewSteps(dev), []);
  });

  it("is not paused by an update after the function has resumed it", async () => {
    setEnabled(true);
    await configure(dev, { destinations: [{ ...postedOrders, maxConcurrency: 6 }] });
    await up(dev);
    assert.equal(mapping().inputs.enabled, true);
  });

  it("leaves nothing behind once it is removed from the configuration", async () => {
    await configure(dev, { destinations: [] });
    await up(dev);
    for (const type of [Type.eventSourceMapping, Type.eventRule, Type.eventTarget]) assert.deepEqual(engine.cloud.all(type), [], type);
    const queues = engine.cloud.all(Type.queue).map(({ inputs }) => inputs.name);
    assert.deepEqual(queues, ["webhook-dead-letters-dev"]);
    await destroy(dev);
  });
});
