import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { allows, program, varied, type Program } from "../../../testbed/program";
import { preflight } from "../../../preflight/preflight";
import type { ApiDocument } from "../../helpers/apiDocument";
import { tableKeyActions } from "../../helpers/permissions";

const account = "eu-central-1:123456789012";

describe("WebhookApi", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  describe("the receiver's role", () => {
    const statements = () => dev.roleStatements("webhook-receive-dev");

    it("may only put items into the events table", () => {
      assert.ok(allows(statements(), "dynamodb:PutItem", `arn:aws:dynamodb:${account}:table/webhook-events-dev`));
      const actions = statements().flatMap(({ Action }) => [Action].flat());
      assert.deepEqual(
        actions.filter((action) => action.startsWith("dynamodb:")),
        ["dynamodb:PutItem"],
      );
    });

    it("may read the signing secrets of this stack's sources only", () => {
      const statement = statements().find(({ Sid }) => Sid === "ReadSigningSecrets")!;
      assert.deepEqual(statement.Action, ["secretsmanager:GetSecretValue"]);
      assert.equal(statement.Resource, `arn:aws:secretsmanager:${account}:secret:webhook-*-dev-??????`);
      assert.deepEqual(statement.Condition, { StringEquals: { "aws:ResourceTag/Environment": "dev" } });
      for (const { inputs } of dev.all(Type.secret)) assert.deepEqual(inputs.tags, { Environment: "dev" });
    });

    it("may use the data key for table and secrets", () => {
      const dataKeyArn = dev.one(Type.queue).inputs.kmsMasterKeyId;
      for (const action of tableKeyActions) assert.ok(allows(statements(), action, dataKeyArn), action);
    });
  });

  describe("of sources that check the URL by a HEAD, or send other bytes than UTF-8", () => {
    const verify = { scheme: "hmac", algorithm: "sha1", encoding: "base64", signature: { header: "X-Signature" }, signed: "{body}{url}" };
    const described = (name: string, changes: object) => ({ name, provider: "custom", description: { verify, ...changes } });
    let edges: Program;
    let document: ApiDocument;
    before(async () => {
      const sources = [
        "stripe",
        described("boards", { answersHead: true }),
        described("files", { mediaTypes: ["json", "multipart", "bytes"] }),
      ];
      edges = await program({ sources });
      document = JSON.parse(edges.one(Type.restApi).inputs.body as string) as ApiDocument;
    });

    it("has a HEAD for those sources alone, with a throttle and a permission", () => {
      const withHead = Object.entries(document.paths).filter(([, methods]) => "head" in methods);
      assert.deepEqual(
        withHead.map(([path]) => path),
        ["/webhook/boards"],
      );
      assert.equal(edges.one(Type.methodSettings, "boards-head").inputs.methodPath, "~1webhook~1boards/HEAD");
      const { sourceArn, action } = edges.one(Type.permission, "receive-head").inputs;
      assert.match(String(sourceArn), /\/HEAD\/webhook\/\*$/);
      assert.equal(action, "lambda:InvokeFunction");
      assert.deepEqual(
        dev.all(Type.permission).filter(({ name }) => name.includes("invokes-receive-")),
        [],
      );
    });

    it("gets exactly their content types as base64, and any other as text", () => {
      const binary = "x-amazon-apigateway-binary-media-types";
      assert.deepEqual((document as unknown as Record<string, unknown>)[binary], ["multipart/form-data", "application/octet-stream"]);
      assert.ok(!String(dev.one(Type.restApi).inputs.body).includes(binary));
    });

    it("passes the preflight", () =>
      assert.deepEqual(
        preflight(edges.resources).map(({ rule, detail }) => `${rule.id}: ${detail}`),
        [],
      ));
  });

  it("lets the API invoke the receiver only through the sources' routes", () => {
    const { principal, sourceArn, action, function: name } = dev.one(Type.permission).inputs;
    assert.equal(principal, "apigateway.amazonaws.com");
    assert.equal(action, "lambda:InvokeFunction");
    assert.equal(name, "webhook-receive-dev");
    assert.equal(sourceArn, `arn:aws:execute-api:${account}:${dev.outputs.apiId as string}/webhook-api-dev/POST/webhook/*`);
  });

  it("is regional, and is created despite API Gateway's warnings about its document", () => {
    const { endpointConfiguration, failOnWarnings } = dev.one(Type.restApi).inputs;
    assert.deepEqual([endpointConfiguration, failOnWarnings], [{ types: "REGIONAL" }, false]);
  });

  describe("the deployment", () => {
    const bodyHash = (from: Program) => (from.one(Type.apiDeployment).inputs.triggers as { body: string }).body;

    it("changes with the body", async () => {
      const other = await program({ environmentSuffix: "blue" });
      assert.match(bodyHash(dev), /^[0-9a-f]{64}$/);
      assert.notEqual(bodyHash(other), bodyHash(dev));
    });

    it("stays the same if the body does", async () => {
      assert.equal(bodyHash(await program({ ...varied, sources: ["stripe", "square", "paypal"] })), bodyHash(dev));
    });
  });

  describe("the stage", () => {
    const stage = () => dev.one(Type.stage);
    const settings = (from = dev) => from.all(Type.methodSettings).map(({ inputs }) => inputs.settings as Record<string, unknown>);

    it("throttles each source by its method, and everything else by default", () => {
      assert.deepEqual(
        dev.all(Type.methodSettings).map(({ inputs }) => inputs.methodPath),
        ["*/*", "~1webhook~1stripe/POST", "~1webhook~1square/POST", "~1webhook~1paypal/POST"],
      );
    });

    it("throttles at 1,000 requests a minute and 400 at once unless configured", async () => {
      const limits = (from: Program) =>
        settings(from).map(({ throttlingRateLimit, throttlingBurstLimit }) => [throttlingRateLimit, throttlingBurstLimit]);
      assert.deepEqual(limits(dev), Array(4).fill([16.67, 400]));
      assert.deepEqual(limits(await program(varied)), Array(2).fill([10, 50]));
      const own = { sources: ["stripe", { provider: "github", throttle: { requestsPerMinute: 1_200 } }], throttleBurst: 30 };
      assert.deepEqual(limits(await program(own)), [
        [16.67, 30],
        [16.67, 30],
        [20, 30],
      ]);
    });

    it("has metrics and logs for every route, without its data", () => {
      for (const { metricsEnabled, loggingLevel, dataTraceEnabled } of settings())
        assert.deepEqual(
          { metricsEnabled, loggingLevel, dataTraceEnabled },
          { metricsEnabled: true, loggingLevel: "ERROR", dataTraceEnabled: false },
        );
    });

    it("is traced", () => assert.equal(stage().inputs.xrayTracingEnabled, true));

    it("writes one JSON line per request, without body, headers or query", () => {
      const { format, destinationArn } = stage().inputs.accessLogSettings as { format: string; destinationArn: string };
      assert.equal(destinationArn, `arn:aws:logs:${account}:log-group:/aws/apigateway/${dev.outputs.apiId as string}/webhook-api-dev`);
      assert.deepEqual(JSON.parse(format), {
        requestId: "$context.requestId",
        requestTime: "$context.requestTime",
        stage: "$context.stage",
        httpMethod: "$context.httpMethod",
        path: "$context.path",
        status: "$context.status",
        responseLength: "$context.responseLength",
        responseLatency: "$context.responseLatency",
        integrationLatency: "$context.integrationLatency",
        xrayTraceId: "$context.xrayTraceId",
        sourceIp: "$context.identity.sourceIp",
        userAgent: "$context.identity.userAgent",
        errorType: "$context.error.responseType",
        integrationStatus: "$context.integration.status",
      });
      assert.doesNotMatch(format, /body|header|query|authorizer/i);
    });

    it("counts refused and throttled requests of this stage only, by fields of its access log", () => {
      const { format } = stage().inputs.accessLogSettings as { format: string };
      const accessLog = `/aws/apigateway/${String(dev.one(Type.restApi).outputs.id)}/webhook-api-dev`;
      const filters = dev.all(Type.logMetricFilter).map(({ inputs }) => inputs);
      assert.deepEqual(
        filters.map(({ name, logGroupName, pattern }) => [name, logGroupName, pattern]),
        [
          ["webhook-api-throttled-dev", accessLog, '{ $.status = "429" }'],
          [
            "webhook-api-refused-dev",
            accessLog,
            '{ ($.httpMethod = "POST") && ($.status = "4*") && ($.status != "401") && ($.status != "429") }',
          ],
        ],
      );
      for (const [index, name] of ["RequestsThrottled", "RequestsRefused"].entries())
        assert.deepEqual(filters[index].metricTransformation, {
          name,
          namespace: "WebhookPipeline",
          value: "1",
          unit: "Count",
          dimensions: { stage: "$.stage" },
        });
      assert.equal((JSON.parse(format) as Record<string, string>).stage, "$context.stage");
    });

    it("is created after the execution log group, which API Gateway would otherwise create unencrypted", () => {
      const group = dev.one(Type.logGroup, "api-execution-log");
      assert.equal(group.inputs.name, `API-Gateway-Execution-Logs_${dev.outputs.apiId as string}/webhook-api-dev`);
      assert.ok(stage().dependencies.includes(group.urn));
    });

    it("is created after the account's logging role, which AWS checks", () => {
      assert.ok(stage().dependencies.includes(dev.one(Type.account).urn));
    });
  });
});
