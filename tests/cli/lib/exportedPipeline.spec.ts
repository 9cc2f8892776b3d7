import * as assert from "node:assert/strict";
import { exportedPipeline, regionOf } from "../../../cli/lib/exportedPipeline";

const hooks = {
  tableName: "webhook-events-hooks",
  webhookUrls: { stripe: "https://hooks.example.com/webhook/stripe" },
  stateMachineArn: "arn:aws:states:eu-central-1:123456789012:stateMachine:webhook-workflow-hooks",
};

describe("The outputs of a stack's pipeline", () => {
  it("are those of the stack, as this repository's program exports them", () =>
    assert.equal(exportedPipeline("dev", hooks).tableName, "webhook-events-hooks"));

  it("are in any one output of another program, beside its own", () =>
    assert.equal(exportedPipeline("dev", { url: "https://shop.example.com", tableName: "orders", webhooks: hooks }), hooks));

  it("have the region, also if the stack's file has none", () => assert.equal(regionOf(hooks), "eu-central-1"));

  const refused: [what: string, outputs: Record<string, unknown>, message: string][] = [
    ["nothing", {}, "The stack dev is not deployed: it has no outputs. Run pulumi up --stack dev."],
    [
      "no pipeline",
      { urls: { stripe: "https://hooks.example.com" }, ids: [1], none: null },
      "The stack dev does not export the stackOutputs of a pipeline. Export them (docs/use.md), and run pulumi up --stack dev.",
    ],
    [
      "several",
      { blue: hooks, green: hooks },
      "The stack dev exports the stackOutputs of several pipelines: blue, green. Allowed: those of one.",
    ],
  ];
  for (const [what, outputs, message] of refused)
    it(`are refused if the stack exports ${what}`, () => assert.throws(() => exportedPipeline("dev", outputs), { message }));
});
