import * as assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { destroy, Engine, up } from "../helpers/engine";
import { guarded } from "../helpers/graph";
import { Type } from "../helpers/types";

describe("Two stacks in one account on the real engine", () => {
  let engine: Engine;
  let dev: Stack;
  let prod: Stack;
  before(async () => {
    engine = await Engine.start();
    dev = await engine.stack("dev", { manageApiGatewayAccount: false });
    prod = await engine.stack("prod", { ...guarded, audit: false });
  });
  after(() => engine.stop());

  it("live side by side: no name of one is taken by the other", async () => {
    const made = await Promise.all([up(dev), up(prod)]);
    assert.notEqual(made[0].outputs.tableName, made[1].outputs.tableName);
    assert.equal(engine.cloud.all(Type.table).length, 2);
  });

  it("cannot have the same suffix: AWS's refusal says which name is taken", async () => {
    const twin = await engine.stack("twin", { environmentSuffix: "dev", manageApiGatewayAccount: false });
    await assert.rejects(up(twin), /webhook-[a-z-]+-dev.* already exists|already exists/);
    await destroy(twin);
    assert.equal(engine.cloud.all(Type.table).length, 2, "what belongs to dev is still there");
  });

  it("do not share a fate: dev is destroyed, prod is not touched", async () => {
    await destroy(dev);
    assert.deepEqual(
      engine.cloud
        .all(Type.function)
        .map(({ inputs }) => inputs.name as string)
        .sort(),
      ["webhook-process-prod", "webhook-receive-prod"],
    );
  });

  it("differ in protection: a destroy of prod is refused even without a preview, and everything stays", async () => {
    const before = [...engine.cloud.resources.keys()];
    await assert.rejects(destroy(prod), /protected/);
    assert.deepEqual([...engine.cloud.resources.keys()], before);
  });
});
