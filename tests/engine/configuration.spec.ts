import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { keyDescriptions } from "../../config/schema";
import { readStackFile } from "../../config/stackFile";
import { Engine, previewSteps } from "../../testbed/engine/engine";

describe("The real engine", () => {
  let engine: Engine;
  before(async () => (engine = await Engine.start({ environment: { PULUMI_DEBUG_PROVIDERS: "" } })));
  after(() => engine.stop());

  it("shows every configuration error in a sentence of its own, and no stack trace", async () => {
    const stack = await engine.stack("dev", {
      "aws:region": "mars",
      throttleBurst: 0,
      sources: ["stripe", { provider: "githbu", allowedCidrs: ["10.0.0.0/33"] }],
    });
    const { stderr } = await failure(previewSteps(stack));
    assert.match(stderr, /- aws:region is "mars"\. Allowed: an AWS region code, such as eu-central-1\./);
    assert.match(stderr, /- throttleBurst is 0\. Allowed: a whole number of requests from 1 to 50,000\./);
    assert.match(stderr, /- sources\[1\]\.provider is "githbu"\. Allowed: stripe, .*\. Did you mean "github"\?/);
    assert.match(stderr, /- sources\[1\]\.allowedCidrs\[0\] is "10\.0\.0\.0\/33"\. Allowed: a network in CIDR notation/);
    assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+/m);
  });

  it("refuses a value of another type than Pulumi.yaml declares", async () => {
    const stack = await engine.stack("dev", { "aws:region": "eu-central-1", throttleBurst: "many", sources: ["stripe"] });
    assert.match((await failure(previewSteps(stack))).stderr, /throttleBurst' must be of type 'integer'/);
  });

  it("reads a stack's file as the commands do that run without it", async () => {
    const stack = await engine.stack("read");
    const file = path.join(engine.projectFolder(), "Pulumi.read.yaml");
    const values = ["1000", "1_000", "010", "0o10", "0x10", "1e3", "1.50", "yes", "on", "True", '""', "~", '"a: b"', "-5"];
    const keys = values.map((value, index) => `  key${index}: ${value}`);
    const lists = ["  list: [1_000, yes, ~, 1.50, {a: [012]}]", "  webhook-pipeline:prefixed: 1", "  aws:region: eu-central-1"];
    writeFileSync(file, ["config:", ...keys, ...lists, "  webhook-pipeline:config:once: 1", ""].join("\n"));
    const own = readStackFile(file, "webhook-pipeline")!;
    const ofEngine = Object.entries(await stack.getAllConfig()).map(([key, { value }]) => [key, value] as const);
    const declared = Object.keys(keyDescriptions).map((key) => `webhook-pipeline:${key}`);
    assert.deepEqual(Object.fromEntries(ofEngine.filter(([key]) => !declared.includes(key))), own);
    assert.equal(own["webhook-pipeline:key1"], "1000");
  });

  it("takes a key without a namespace for the program's own, and refuses one that the program does not have", async () => {
    const stack = await engine.stack("bare");
    writeFileSync(
      path.join(engine.projectFolder(), "Pulumi.bare.yaml"),
      "config:\n  aws:region: eu-central-1\n  region: us-east-1\n  throttleBurst: 0\n",
    );
    const { stderr } = await failure(previewSteps(stack));
    assert.match(stderr, /- Unknown key "region"\./);
    assert.match(stderr, /- throttleBurst is 0\. Allowed:/);
  });

  it("asks for the AWS plugin in the version that package.json names", async () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
    const stack = await engine.stack("dev", { throttleBurst: 10 });
    const version = `v${dependencies["@pulumi/aws"]}`.replaceAll(".", "\\.");
    assert.match(
      (await failure(previewSteps(stack))).stderr,
      new RegExp(`pulumi-resource-aws' found in the workspace at version ${version}`),
    );
  });
});

/** What the engine printed as it failed. */
async function failure(run: Promise<unknown>): Promise<{ stderr: string }> {
  const error = await run.then(
    () => assert.fail("it should have failed"),
    (error: Error) => error,
  );
  return { stderr: error.message };
}
