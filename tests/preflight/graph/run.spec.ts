import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { captureProgram, defaultRun } from "../../../preflight/graph/capture";
import { answerInvoke, mockBackend } from "../../../preflight/graph/mocks";
import type { GraphResource } from "../../../preflight/graph/resource";
import { runProgram } from "../../../preflight/graph/run";
import { describe as describeValue } from "../../../preflight/graph/values";
import { ConfigurationError } from "../../../config/load";

describe("A run of the program without an engine", () => {
  it("produces the same graph every time", async () => {
    const byUrn = (resources: GraphResource[]) => [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
    const [first, second] = [await captureProgram(), await captureProgram()];
    assert.deepEqual(byUrn(first.resources), byUrn(second.resources));
  });

  it("registers each resource after its dependencies", async () => {
    const { resources } = await captureProgram();
    const place = new Map(resources.map(({ urn }, index) => [urn, index]));
    for (const [index, { urn, dependencies }] of resources.entries()) {
      for (const dependency of dependencies) assert.ok(place.get(dependency)! < index, `${urn} before ${dependency}`);
    }
  });

  it("ends with the backend's first error, and creates nothing after it", async () => {
    const made: string[] = [];
    const backend = mockBackend("eu-central-1");
    const failing = {
      ...backend,
      newResource: (args: pulumi.runtime.MockResourceArgs) => {
        if (args.type === "aws:dynamodb/table:Table") throw new Error("no table today");
        made.push(args.type);
        return backend.newResource(args);
      },
    };
    await assert.rejects(runProgram(defaultRun, failing), { message: "no table today" });
    assert.ok(!made.includes("aws:pipes/pipe:Pipe"), "the pipe is created without its table");
  });

  it("reports all configuration errors at once", async () => {
    await assert.rejects(
      captureProgram({ config: { "aws:region": "", "webhook-pipeline:throttleBurst": "0" } }),
      (error: ConfigurationError) => {
        assert.equal(error.problems.length, 2);
        return true;
      },
    );
  });
});

describe("The mocks", () => {
  it("refuse a type without a row, and say where to add it", () => {
    const args = { type: "aws:ec2/eip:Eip", name: "b", inputs: {} };
    const message =
      "Unknown resource type aws:ec2/eip:Eip (b). Add a row to the file of its service in preflight/graph/types/, as in preflight/graph/types/data.ts.";
    assert.throws(() => mockBackend("eu-central-1").newResource(args), { message });
  });

  it("refuse an invoke that they have no answer to", () => {
    assert.throws(() => answerInvoke("aws:ec2/getVpc:getVpc", "eu-central-1", "1"), /Unknown function aws:ec2\/getVpc:getVpc/);
  });
});

describe("A value in the graph", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "whsec_1" };
  const rows: [string, unknown, unknown][] = [
    ["a secret", secret, "[secret]"],
    ["a secret inside a list", { list: [1, secret] }, { list: [1, "[secret]"] }],
    ["something unknown", { __pulumiUnknown: true }, "[unknown]"],
    ["null", null, null],
    ["undefined", undefined, undefined],
    [
      "an archive",
      new pulumi.asset.AssetArchive({ "a.txt": new pulumi.asset.FileAsset("LICENSE") }),
      { archive: { "a.txt": `sha256:${createHash("sha256").update(readFileSync("LICENSE")).digest("hex")}` } },
    ],
  ];
  for (const [what, value, expected] of rows)
    it(`shows ${what} as ${JSON.stringify(expected)}`, async () => assert.deepEqual(await describeValue(value), expected));
});
