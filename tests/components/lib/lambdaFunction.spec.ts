import * as assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { loadedAtStart, mostAtStart } from "../../../tools/bench/coldStart";
import * as bundles from "../../../components/lib/bundle";
import { sourcesFileName } from "../../../domain/sources";
import { Type } from "../../../preflight/graph/types";
import { allows, archivedText, program, statementsOf, varied, type Program } from "../../../testbed/program";

type FunctionInputs = {
  name: string;
  environment: { variables: Record<string, string> };
  code: { archive: Record<string, string> };
  [input: string]: unknown;
};

for (const handler of ["receive", "process", "reconcile"] as const) {
  describe(`LambdaFunction ${handler}`, () => {
    let dev: Program;
    before(async () => (dev = await program()));
    const resource = () => dev.one(Type.function, `${handler}-function`);
    const inputs = () => resource().inputs as FunctionInputs;
    const role = `webhook-${handler}-dev`;
    const statements = () => dev.roleStatements(role);

    it("runs on arm64 with the current Node.js", () => {
      assert.deepEqual(inputs().architectures, ["arm64"]);
      assert.equal(inputs().runtime, "nodejs24.x");
    });

    const [byDefault, configured] = handler === "reconcile" ? [60, 60] : [30, 12];
    it(`has 512 MB and ${byDefault} s unless configured`, () => {
      assert.equal(inputs().memorySize, 512);
      assert.equal(inputs().timeout, byDefault);
    });

    it(`takes memory ${configured === byDefault ? "" : "and time "}from the configuration`, async () => {
      const other = await program(varied);
      assert.equal(other.one(Type.function, `${handler}-function`).inputs.memorySize, 1024);
      assert.equal(other.one(Type.function, `${handler}-function`).inputs.timeout, configured);
    });

    it("is traced", () => assert.deepEqual(inputs().tracingConfig, { mode: "Active" }));

    it("encrypts its environment with the environment key, which its role may use to decrypt", () => {
      assert.deepEqual(resource().propertyDependencies.kmsKeyArn, [dev.one(Type.key, "environment").urn]);
      assert.ok(allows(statements(), "kms:Decrypt", inputs().kmsKeyArn));
    });

    it("has exactly these environment variables", () => {
      assert.deepEqual(inputs().environment.variables, {
        EVENTS_TABLE: "webhook-events-dev",
        ENVIRONMENT: "dev",
        POWERTOOLS_SERVICE_NAME: handler,
        POWERTOOLS_METRICS_NAMESPACE: "WebhookPipeline",
        NODE_OPTIONS: "--enable-source-maps",
        LEASE_SECONDS: "360",
        ...(handler === "process" ? {} : { INDEX_SHARDS: "1" }),
        ...(handler === "reconcile" ? {} : { PAYLOAD_BUCKET: "webhook-payloads-dev-123456789012" }),
        ...(handler === "reconcile"
          ? { DEAD_LETTER_QUEUE_URL: dev.outputs.deadLetterQueueUrl, STALE_SECONDS: "900", EVENT_BUS_NAME: "webhook-events-dev" }
          : {}),
        ...(handler === "receive"
          ? {
              EVENT_RETENTION_DAYS: "90",
              SOURCE_SECRETS: "webhook-{source}-dev",
            }
          : {}),
      });
    });

    it("holds no secret in its environment", () => {
      for (const [name, value] of Object.entries(inputs().environment.variables))
        assert.doesNotMatch(`${name}=${value}`, /whsec|password|BEGIN/i);
    });

    it("writes JSON to a log group that exists before it", () => {
      const group = dev.one(Type.logGroup, `${handler}-logs`);
      assert.equal(group.inputs.name, `/aws/lambda/webhook-${handler}-dev`);
      assert.deepEqual(inputs().loggingConfig, {
        logFormat: "JSON",
        logGroup: group.inputs.name,
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      });
      assert.ok(resource().dependencies.includes(group.urn));
    });

    it("may write to its own log group only", () => {
      const statement = statements().find(({ Sid }) => Sid === "WriteLogs")!;
      assert.deepEqual(statement.Action, ["logs:CreateLogStream", "logs:PutLogEvents"]);
      assert.equal(statement.Resource, `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/webhook-${handler}-dev:*`);
    });

    const ofItsOwn = handler === "reconcile" ? "no queue, because the next run makes up for them" : "the dead-letter queue";
    it(`sends failed asynchronous invocations to ${ofItsOwn}, with permission before its creation`, () => {
      const queueArn = "arn:aws:sqs:eu-central-1:123456789012:webhook-dead-letters-dev";
      assert.deepEqual(inputs().deadLetterConfig, handler === "reconcile" ? undefined : { targetArn: queueArn });
      assert.ok(allows(statements(), "sqs:SendMessage", queueArn));
      const dataKeyArn = dev.one(Type.queue).inputs.kmsMasterKeyId;
      assert.ok(allows(statements(), "kms:GenerateDataKey", dataKeyArn));
      assert.ok(allows(statements(), "kms:Decrypt", dataKeyArn));
      assert.ok(resource().dependencies.includes(dev.one(Type.rolePolicy, `${handler}-policy`).urn));
    });

    it("may send traces but not read sampling rules, because Lambda samples", () => {
      const actions = statements().flatMap(({ Action }) => [Action].flat());
      assert.deepEqual(
        actions.filter((action) => action.startsWith("xray:")),
        ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      );
    });

    it("has no duplicate permission, so that a missing one is noticed", () => {
      const grants = statements()
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} ${JSON.stringify(Resource)}`));
      assert.deepEqual(grants, [...new Set(grants)]);
    });

    it("has a role of its own that only Lambda may assume", () => {
      const [trust] = statementsOf(dev.one(Type.role, `${handler}-role`).inputs.assumeRolePolicy);
      assert.deepEqual(trust.Principal, { Service: "lambda.amazonaws.com" });
      assert.equal(trust.Action, "sts:AssumeRole");
      assert.deepEqual(resource().propertyDependencies.role, [dev.one(Type.role, `${handler}-role`).urn]);
    });

    it("is bundled into modules with source maps that import no other files", () => {
      const bundle = bundles.bundleHandler(handler);
      const hashOf = (file: string) => archivedText(readFileSync(file, "utf8"));
      const modules = Object.entries(inputs().code.archive).filter(([name]) => name !== sourcesFileName);
      assert.deepEqual(Object.fromEntries(modules), Object.fromEntries(Object.entries(bundle).map(([name, file]) => [name, hashOf(file)])));
      assert.equal(inputs().handler, "index.handler");
      assert.ok(bundle["index.mjs"]);
      for (const name of Object.keys(bundle).filter((one) => one.endsWith(".mjs"))) {
        assert.ok(bundle[`${name}.map`], name);
        for (const imported of importsOf(readFileSync(bundle[name], "utf8"))) assert.ok(bundle[imported], `${name} imports ${imported}`);
      }
    });

    it(`has ${handler === "reconcile" ? "no file of the sources" : "the sources' settings beside its bundle"}`, () => {
      const settings = '{"stripe":{"provider":"stripe"},"square":{"provider":"square"},"paypal":{"provider":"paypal"}}';
      assert.equal(inputs().code.archive[sourcesFileName], handler === "reconcile" ? undefined : archivedText(settings));
    });

    it("has the same bundle with other sources", async () => {
      const { archive } = (await program(varied)).one(Type.function, `${handler}-function`).inputs.code as FunctionInputs["code"];
      assert.deepEqual({ ...archive, [sourcesFileName]: "" }, { ...inputs().code.archive, [sourcesFileName]: "" });
      assert.equal(archive[sourcesFileName] === inputs().code.archive[sourcesFileName], handler === "reconcile");
    });

    it("loads S3's client only with the first large body", () => {
      const bundle = bundles.bundleHandler(handler);
      const withS3 = Object.keys(bundle).filter(
        (name) => name.endsWith(".mjs") && readFileSync(bundle[name], "utf8").includes("NoSuchBucket"),
      );
      assert.deepEqual(withS3, handler === "reconcile" ? [] : ["s3.mjs"]);
      assert.ok(!loadedAtStart(bundle).includes("s3.mjs"));
    });

    it(`loads at most ${mostAtStart[handler] / 1_000} kB at a cold start`, () => {
      const bundle = bundles.bundleHandler(handler);
      const bytes = loadedAtStart(bundle).reduce((sum, name) => sum + statSync(bundle[name]).size, 0);
      assert.ok(bytes <= mostAtStart[handler], String(bytes));
    });

    it("reserves concurrency only if configured", async () => {
      const reserved = (await program(varied)).one(Type.function, `${handler}-function`).inputs.reservedConcurrentExecutions;
      assert.equal(reserved, { receive: 50, process: 60, reconcile: undefined }[handler]);
      assert.equal(inputs().reservedConcurrentExecutions, undefined);
    });
  });
}

/** Lists the files that a module imports, at its start or later. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/(?:from|import)\s*\(?"\.\/([^"]+)"/g)].map(([, name]) => name);
}

describe("Bundles", () => {
  it("are byte-identical across builds", () => {
    const file = require.resolve("../../../components/lib/bundle");
    delete require.cache[file];
    const files = Object.values(bundles.bundleHandler("process"));
    const contents = () => files.map((name) => readFileSync(name, "utf8"));
    const before = contents();
    (createRequire(__filename)(file) as typeof bundles).bundleHandler("process");
    assert.deepEqual(contents(), before);
  });

  it("contain no path of the build machine", () => {
    for (const file of Object.values(bundles.bundleHandler("receive"))) {
      assert.ok(!path.isAbsolute(file), "the state keeps the path");
      assert.ok(!readFileSync(file, "utf8").includes(process.cwd()));
    }
  });
});
