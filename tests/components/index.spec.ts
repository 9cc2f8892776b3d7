import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as everything from "../../components";

describe("The package's exports", () => {
  it("are the pipeline, its parts, and what programs need to use them", () => {
    const [parts, functions] = [true, false].map((isPart) =>
      Object.entries(everything)
        .filter(([, value]) => value.prototype instanceof pulumi.ComponentResource === isPart)
        .map(([name]) => name),
    );
    assert.deepEqual(parts.sort(), [
      ...["Alerting", "Audit", "CustomDomain", "Deliveries", "Destination", "Encryption", "EventStore", "Firewall", "Network"],
      ...["Processor", "Reconciler", "WebhookApi", "WebhookPipeline", "Workflow"],
    ]);
    assert.deepEqual(functions.sort(), ["pipelineContext", "stackOutputs"]);
  });

  it("have a context for parts that are used alone", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({ accountId: "123456789012", region: "eu-central-1" }),
      newResource: () => ({ id: "", state: {} }),
    });
    const own = new pulumi.ComponentResource("shop:index:Hooks", "hooks");
    assert.equal(everything.pipelineContext("hooks", { region: "eu-central-1" }, own).name("eventsTable"), "webhook-events-hooks");
  });
});
