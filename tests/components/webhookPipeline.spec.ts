import * as assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { WebhookPipeline, type WebhookPipelineArgs } from "../../components/webhookPipeline";
import { outputDescriptions } from "../../components/pipelineOutputs";
import { stackOutputs } from "../../components/stackOutputs";
import { mockBackend } from "../../preflight/graph/mocks";
import { Type } from "../../preflight/graph/types";
import { rejectionsOf } from "../helpers/rejections";

const orders = { name: "orders", url: "https://orders.example.com/webhooks" };

interface Monitor {
  registerResource(request: RegisterResourceRequest, ...rest: unknown[]): unknown;
}

type Options = pulumi.ComponentResourceOptions;

/** Makes pipelines as a program does. @returns the types of the resources, and the pipelines */
async function make(argsByName: Record<string, WebhookPipelineArgs>, opts?: Options | ((name: string) => Options)) {
  const backend = mockBackend("eu-central-1");
  const types: string[] = [];
  const unprotected: string[] = [];
  const mocks: pulumi.runtime.Mocks = {
    call: backend.call,
    newResource: (args) => {
      types.push(args.type);
      return backend.newResource(args);
    },
  };
  await pulumi.runtime.setMocks(mocks, "shop", "dev");
  pulumi.runtime.setAllConfig({ "aws:region": "eu-central-1" }, []);
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const { registerResource } = monitor;
  monitor.registerResource = (request, ...rest) => {
    if (!request.getProtect()) unprotected.push(request.getType());
    return registerResource.call(monitor, request, ...rest);
  };
  const pipelines = Object.entries(argsByName).map(
    ([name, args]) => new WebhookPipeline(name, args, typeof opts === "function" ? opts(name) : opts),
  );
  await pulumi.runtime.disconnect();
  return { pipelines, unprotected, count: (type: string) => types.filter((one) => one === type).length };
}

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("The component WebhookPipeline", () => {
  const { stackTraceLimit } = Error;
  // Pulumi takes a stack trace for every property, in most of this suite's time.
  before(() => void (Error.stackTraceLimit = 0));
  after(() => void (Error.stackTraceLimit = stackTraceLimit));

  it("has an output of each description, and every output but that for the commands is a text, texts, or texts by name", async () => {
    const { pipelines } = await make({ hooks: { sources: ["stripe"], destinations: [orders] } });
    for (const [name, { type }] of Object.entries(outputDescriptions)) {
      const value = await valueOf(pipelines[0][name as keyof typeof outputDescriptions] as pulumi.Output<unknown>);
      if (type === "values by name") continue;
      const texts = type === "text" ? [value] : Object.values(value as object);
      assert.equal(Array.isArray(value), type === "texts", name);
      assert.ok(
        texts.every((text) => typeof text === "string" && text !== ""),
        name,
      );
    }
  });

  it("names everything after itself, and tells URLs, secrets and queues apart by name", async () => {
    const { pipelines } = await make({ hooks: { sources: ["stripe", { name: "shop", provider: "github" }], destinations: [orders] } });
    const [{ tableName, urls, secretArns, destinationQueueUrls, destinationSecretArns }] = pipelines;
    assert.equal(await valueOf(tableName), "webhook-events-hooks");
    assert.match(await valueOf(urls.shop), /\/webhook-api-hooks\/webhook\/shop$/);
    assert.deepEqual(Object.keys(await valueOf(secretArns)), ["stripe", "shop"]);
    assert.match((await valueOf(destinationQueueUrls)).orders, /webhook-to-orders-hooks$/);
    assert.match((await valueOf(destinationSecretArns)).orders, /webhook-to-orders-hooks/);
  });

  it("passes its option protect to all that it creates, as any component does", async () => {
    const everything = { destinations: [orders], network: "private", waf: true, auditTrail: true, domain: "hooks.example.com" } as const;
    assert.deepEqual((await make({ hooks: everything }, { protect: true })).unprotected, []);
    assert.ok((await make({ hooks: {} })).unprotected.includes(Type.table));
    assert.ok(!(await make({ hooks: { deletionProtection: true } })).unprotected.includes(Type.table));
  });

  describe("refuses the names of another pipeline of the program", () => {
    const both = { blue: { environmentSuffix: "eu" }, green: { environmentSuffix: "eu" } };
    const ofTable = /The pipelines blue and green would both create the table webhook-events-eu in the account/;

    it("before it creates anything, if both have one provider", async () => {
      await assert.rejects(() => make(both), ofTable);
      let provider: aws.Provider | undefined;
      await assert.rejects(
        () => make(both, () => ({ provider: (provider ??= new aws.Provider("one", { region: "eu-central-1" })) })),
        ofTable,
      );
    });

    it("once the accounts of two providers are known to be one", async () => {
      const ownProvider = (name: string) => ({ provider: new aws.Provider(name, { region: "eu-central-1" }) });
      const [error] = await rejectionsOf(() => make(both, ownProvider));
      assert.match(String(error), ofTable);
    });
  });

  it("has what the commands read in one output, as this repository's program exports it", async () => {
    const { pipelines } = await make({ hooks: { sources: ["stripe"], destinations: [orders] } });
    const value = await valueOf(pipelines[0].stackOutputs);
    assert.deepEqual(value, await valueOf(pulumi.output(stackOutputs(pipelines[0])) as pulumi.Output<unknown>));
    assert.equal(value.tableName, "webhook-events-hooks");
    assert.deepEqual(Object.keys(value.destinations as object), ["orders"]);
  });

  describe("creates the account's logging role", () => {
    const roles = async (argsByName: Record<string, WebhookPipelineArgs>) => (await make(argsByName)).count(Type.account);

    it("once for all pipelines of a program", async () => assert.equal(await roles({ blue: {}, green: {}, red: {} }), 1));
    it("for each set of accounts to which pipelines are limited", async () => {
      const limited = { allowedAccountIds: ["123456789012"] };
      assert.equal(await roles({ blue: limited, green: {}, red: limited }), 2);
    });
    it("also if another pipeline has it, if it is asked to", async () =>
      assert.equal(await roles({ blue: {}, green: { manageApiGatewayAccount: true } }), 2));
    it("never if another stack does", async () => {
      const managed = { manageApiGatewayAccount: false };
      assert.equal(await roles({ blue: managed, green: managed }), 0);
      assert.equal(await roles({ blue: managed, green: {} }), 1);
    });
    it("anew in each run of a process", async () => {
      for (const run of [1, 2]) assert.equal(await roles({ blue: {} }), 1, `run ${run}`);
    });
  });
});
