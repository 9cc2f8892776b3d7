import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { configSchema } from "../../../config/schema";
import { mockBackend } from "../../../preflight/graph/mocks";
import { Type } from "../../../preflight/graph/types";
import { Host } from "../../../bin/plugin/host";
import { rejectionsOf } from "../../helpers/rejections";

const token = "webhook:index:WebhookPipeline";
const schema = readFileSync("bin/plugin/schema.json", "utf8");

interface Schema {
  version: string;
  resources: Record<string, { inputProperties: Record<string, unknown>; properties: Record<string, unknown>; required: string[] }>;
}

/** Constructs a pipeline as the engine asks for it: each construction has its own connection. @returns its state, and its types */
async function construct(host: Host, name: string, inputs: pulumi.Inputs, { preview = false } = {}) {
  const types: string[] = [];
  const { newResource, call } = mockBackend("eu-central-1", preview);
  const observed: pulumi.runtime.Mocks["newResource"] = (args) => {
    types.push(args.type);
    return newResource(args);
  };
  await pulumi.runtime.setMocks({ newResource: observed, call }, "shop", "dev", preview);
  pulumi.runtime.setAllConfig({ "aws:region": "eu-central-1" }, []);
  const { state } = await host.construct(name, token, inputs, {});
  await pulumi.runtime.disconnect();
  return { state, accounts: types.filter((type) => type === Type.account).length };
}

describe("The plugin's host", () => {
  const { stackTraceLimit } = Error;
  // Pulumi takes a stack trace for every property, in most of this suite's time.
  before(() => void (Error.stackTraceLimit = 0));
  after(() => void (Error.stackTraceLimit = stackTraceLimit));
  const described = (JSON.parse(schema) as Schema).resources[token];

  it("has the version of its schema", () => assert.equal(new Host(schema).version, (JSON.parse(schema) as Schema).version));

  it("returns each output that the schema has, and no other", async () => {
    const { state } = await construct(new Host(schema), "hooks", { sources: ["stripe"] });
    assert.deepEqual(Object.keys(state).sort(), Object.keys(described.properties).sort());
    assert.deepEqual(described.required.sort(), Object.keys(described.properties).sort());
    for (const value of Object.values(state)) assert.ok(pulumi.Output.isInstance(value));
  });

  it("takes each key of the configuration, and the region", () =>
    assert.deepEqual(Object.keys(described.inputProperties).sort(), [...Object.keys(configSchema.shape), "region"].sort()));

  it("creates API Gateway's logging account once in a run, although each construction has its own connection", async () => {
    const host = new Host(schema);
    assert.equal((await construct(host, "blue", {}, { preview: true })).accounts, 1);
    assert.equal((await construct(host, "green", {}, { preview: true })).accounts, 0);
    assert.equal((await construct(host, "blue", {})).accounts, 1, "the deployment creates what the preview has shown");
    assert.equal((await construct(host, "green", {})).accounts, 0);
    const accounts = ["123456789012", "210987654321"];
    assert.equal((await construct(host, "violet", { allowedAccountIds: accounts })).accounts, 1);
    assert.equal((await construct(host, "pink", { allowedAccountIds: [...accounts].reverse() })).accounts, 0);
    assert.equal((await construct(host, "red", { manageApiGatewayAccount: true })).accounts, 1);
  });

  it("refuses a pipeline with the names of another one in the same run", async () => {
    const host = new Host(schema);
    const inputs = { environmentSuffix: "eu", sources: ["stripe"] };
    await construct(host, "blue", inputs, { preview: true });
    assert.deepEqual(await rejectionsOf(() => construct(host, "blue", inputs)), []);
    const [error] = await rejectionsOf(() => construct(host, "green", inputs));
    assert.match(String(error), /The pipelines blue and green would both create the table webhook-events-eu/);
  });

  it("leaves the list of problems to the engine", async () => {
    await assert.rejects(construct(new Host(schema), "hooks", { logRetentionDays: 31 }), (error: pulumi.InputPropertiesError) => {
      assert.equal(error.message, "The arguments of the pipeline hooks are invalid");
      assert.deepEqual(
        error.errors?.map(({ propertyPath }) => propertyPath),
        ["logRetentionDays"],
      );
      return true;
    });
  });

  it("gives the engine no path to a value that may be secret, because it would print that value", async () => {
    const inputs = {
      logRetentionDays: 31,
      sources: pulumi.secret(["stripe"]),
      alertSubscriptions: [{ protocol: "pigeon", endpoint: "https://alerts.example.com/token" }],
      destinations: [{ name: "ledger", type: "queue", consumerRoles: [pulumi.secret("arn")], typo: 1 }],
    };
    await assert.rejects(construct(new Host(schema), "hooks", inputs), ({ message, errors }: pulumi.InputPropertiesError) => {
      assert.deepEqual(
        errors?.map(({ propertyPath }) => propertyPath),
        ["logRetentionDays"],
      );
      for (const place of ["sources is", "alertSubscriptions[0].protocol is", 'destinations[0] has the unknown key "typo"'])
        assert.ok(message.includes(`\n  - ${place}`), message);
      return true;
    });
  });

  it("refuses another component", () =>
    assert.rejects(
      new Host(schema).construct("hooks", "webhook:index:WebhookApi", {}, {}),
      /^Error: Unknown component webhook:index:WebhookApi\. Components: webhook:index:WebhookPipeline\.$/,
    ));
});
