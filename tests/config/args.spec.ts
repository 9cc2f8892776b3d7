import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { PipelineArgs } from "../../config/args";
import type { destinationSchema } from "../../config/destinations";
import { argumentsOf, configOf } from "../../config/fromArgs";
import type { AlertSubscriptionArgs, DestinationArgs, SourceArgs } from "../../config/listArgs";
import type { alertSubscriptionSchema, configSchema } from "../../config/schema";
import type { sourceSchema } from "../../config/sources";
import { mockBackend } from "../../preflight/graph/mocks";

/** A type as a schema has it: lists can be written to, and what may be an output is a text. */
type AsSchema<T> = T extends Promise<unknown> | { apply: unknown }
  ? never
  : T extends readonly (infer Element)[]
    ? AsSchema<Element>[]
    : T extends object
      ? { [Key in keyof T]: AsSchema<T[Key]> }
      : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Keys whose elements are compared on their own, that no stack has, or that YAML may write as numbers. */
type Apart = "region" | "sources" | "destinations" | "alertSubscriptions" | "allowedAccountIds";

const sameTypes: [
  Same<AsSchema<Omit<PipelineArgs, Apart>>, Omit<z.input<typeof configSchema>, Apart>>,
  Same<AsSchema<Omit<SourceArgs, "description">>, Omit<z.input<typeof sourceSchema>, "description">>,
  Same<SourceArgs["description"], z.input<typeof sourceSchema>["description"]>,
  Same<AsSchema<DestinationArgs>, z.input<typeof destinationSchema>>,
  Same<AsSchema<AlertSubscriptionArgs>, z.input<typeof alertSubscriptionSchema>>,
  Same<keyof PipelineArgs, keyof z.input<typeof configSchema> | "region">,
] = [true, true, true, true, true, true];

const inEurope = { region: "eu-central-1" } as const;

function errorsOf(args: object, name = "hooks"): { propertyPath: string; reason: string }[] {
  try {
    configOf(name, args);
  } catch (error) {
    assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
    for (const { reason } of error.errors ?? []) assert.ok(error.message.includes(reason), error.message);
    return error.errors ?? [];
  }
  return [];
}

describe("The arguments of a pipeline", () => {
  before(() => pulumi.runtime.setMocks(mockBackend("eu-central-1"), "shop", "dev"));

  it("have the types of the configuration's schema", () => assert.ok(sameTypes.every(Boolean)));

  it("are optional: the suffix is the component's name, the rest has the defaults of a stack", () => {
    const { environmentSuffix, sources, lambdaMemoryMb } = configOf("hooks", inEurope);
    assert.equal(environmentSuffix, "hooks");
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["stripe", "square", "paypal"],
    );
    assert.equal(lambdaMemoryMb, 512);
    assert.equal(configOf("hooks", { ...inEurope, environmentSuffix: "eu" }).environmentSuffix, "eu");
  });

  it("are none if they are null, and refused if they are something else than an object", () => {
    assert.deepEqual(argumentsOf("hooks", null), {});
    const others: [unknown, RegExp][] = [
      [pulumi.output({ sources: ["stripe"] }), /^The arguments of the pipeline hooks are an output\. Allowed: an object with plain values/],
      [Promise.resolve({}), /are a promise\./],
      [["stripe"], /are \["stripe"\]\./],
      ["stripe", /are "stripe"\./],
      [() => ({}), /are a function\./],
    ];
    for (const [args, message] of others) assert.throws(() => configOf("hooks", args as object), { message });
  });

  it("are refused with the value as JavaScript shows it if JSON does not have it", () => {
    const values = [NaN, 10n, 1.5, null, () => 1];
    assert.deepEqual(
      values.map((lambdaMemoryMb) => errorsOf({ ...inEurope, lambdaMemoryMb })[0].reason.split(". Allowed")[0]),
      ["NaN", "10", "1.5", "null", "a function"].map((text) => `lambdaMemoryMb is ${text}`),
    );
  });

  it("name a region of the wrong type, instead of calling it missing", () => {
    const reason = "region is 5. Allowed: an AWS region code, such as eu-central-1.";
    assert.deepEqual(errorsOf({ region: 5 }), [{ propertyPath: "region", reason }]);
    assert.match(errorsOf({ region: null })[0].reason, /^region is missing\./);
  });

  it("are the same if a key is undefined as if it is left out", () => {
    assert.deepEqual(configOf("hooks", { ...inEurope, sources: undefined, waf: undefined }), configOf("hooks", inEurope));
  });

  it("take the region from the stack if they have none, and say how to set it", () => {
    const region = () => configOf("hooks", {}).region;
    pulumi.runtime.setAllConfig({ "aws:region": "us-east-1" });
    assert.equal(region(), "us-east-1");
    pulumi.runtime.setAllConfig({});
    const { AWS_REGION } = process.env;
    delete process.env.AWS_REGION;
    try {
      assert.deepEqual(errorsOf({}), [{ propertyPath: "region", reason: "region is missing. Set it, or the stack's aws:region." }]);
    } finally {
      process.env.AWS_REGION = AWS_REGION;
    }
  });

  it("are refused with every problem at once, each with its path", () => {
    const wrong = {
      region: "Frankfurt",
      sources: ["stripe", { provider: "strype" }, "stripe"],
      destinations: [{ name: "orders", url: "http://orders.example.com" }],
      lambdaMemoryMB: 1024,
      logRetentionDays: 31,
      receiverReservedConcurrency: 950,
    };
    assert.deepEqual(
      errorsOf(wrong).map(({ propertyPath }) => propertyPath),
      [
        "region",
        "sources[1].provider",
        "destinations[0].url",
        "logRetentionDays",
        "lambdaMemoryMB",
        "sources[0].name",
        "sources[2].name",
        "receiverReservedConcurrency",
      ],
    );
  });

  it("name the component in a message about its name", () => {
    const [{ propertyPath, reason }] = errorsOf(inEurope, "My_Hooks");
    assert.equal(propertyPath, "environmentSuffix");
    assert.match(reason, /^environmentSuffix \(not set, so the component's name\) is "My_Hooks"\. Allowed: at most 33 lower-case/);
  });

  it("may be outputs of other resources where nothing depends on their value", async () => {
    const role = pulumi.output("arn:aws:iam::123456789012:role/orders");
    const { destinations, alertSubscriptions, permissionsBoundary } = configOf("hooks", {
      ...inEurope,
      destinations: [{ name: "ledger", type: "queue", consumerRoles: ["arn:aws:iam::123456789012:role/ledger", role] }],
      alertSubscriptions: [{ protocol: "https", endpoint: pulumi.secret("https://alerts.example.com/token") }],
      permissionsBoundary: Promise.resolve("arn:aws:iam::123456789012:policy/own"),
    });
    const [ledger] = destinations;
    assert.ok(ledger.type === "queue");
    assert.deepEqual(ledger.consumerRoles, ["arn:aws:iam::123456789012:role/ledger", role]);
    assert.ok(await pulumi.isSecret(pulumi.output(alertSubscriptions[0].endpoint)));
    assert.equal(await permissionsBoundary, "arn:aws:iam::123456789012:policy/own");
  });

  it("take outputs in a list, but no output of a list", () => {
    const roles = pulumi.output(["arn:aws:iam::123456789012:role/orders"]);
    const [{ propertyPath }] = errorsOf({ ...inEurope, destinations: [{ name: "ledger", type: "queue", consumerRoles: roles }] });
    assert.equal(propertyPath, "destinations[0].consumerRoles");
  });

  it("are plain values everywhere else, each problem once", () => {
    const later = pulumi.output("eu-central-1");
    assert.deepEqual(errorsOf({ region: later, sources: [{ provider: later }] }), [
      {
        propertyPath: "region",
        reason:
          "region is an output, a secret or a promise. Allowed: a plain value, because names or the number of resources depend on it.",
      },
      {
        propertyPath: "sources[0].provider",
        reason:
          "sources[0].provider is an output, a secret or a promise. Allowed: a plain value, because names or the number of resources depend on it.",
      },
    ]);
  });
});
