import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { guarded, program, varied, type Program } from "../../../testbed/program";

describe("The secrets of sources", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  it("are one for each source, without a value", () => {
    assert.deepEqual(
      dev
        .all(Type.secret)
        .map(({ inputs }) => inputs.name)
        .sort(),
      ["webhook-paypal-dev", "webhook-square-dev", "webhook-stripe-dev"],
    );
    assert.equal(dev.all("aws:secretsmanager/secretVersion:SecretVersion").length, 0);
  });

  it("are encrypted with the data key", () => {
    for (const secret of dev.all(Type.secret)) assert.deepEqual(secret.propertyDependencies.kmsKeyId, [dev.one(Type.key, "data").urn]);
  });

  it("can be created again at once after a destroy, but are kept for 30 days in a protected stack", async () => {
    for (const { inputs } of dev.all(Type.secret)) assert.equal(inputs.recoveryWindowInDays, 0);
    for (const { inputs } of (await program(guarded)).all(Type.secret)) assert.equal(inputs.recoveryWindowInDays, 30);
  });

  it("exist only for the sources that are configured", async () => {
    const stripeOnly = await program(varied);
    assert.deepEqual(
      stripeOnly.all(Type.secret).map(({ inputs }) => inputs.name),
      ["webhook-stripe-dev"],
    );
    assert.deepEqual(Object.keys(stripeOnly.outputs.webhookUrls as object), ["stripe"]);
  });
});
