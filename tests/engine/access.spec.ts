import * as assert from "node:assert/strict";
import { Engine, up } from "../helpers/engine";

describe("The program of access/ on the real engine", () => {
  let engine: Engine;
  before(async () => (engine = await Engine.start()));
  after(() => engine.stop());

  it("makes the roles of GitHub Actions from one setting", async () => {
    const { outputs } = await up(await engine.stack("main", { repository: "acme/hooks" }, "access"));
    assert.deepEqual(outputs, {
      previewRoleArn: "arn:aws:iam::123456789012:role/webhook-pipeline-preview",
      deployRoleArns: {
        dev: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-dev",
        prod: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-prod",
      },
    });
  });
});
