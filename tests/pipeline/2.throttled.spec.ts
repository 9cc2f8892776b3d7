import * as assert from "node:assert/strict";
import { GetStageCommand, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { accessLogFormat } from "../../components/webhookApi/logging";
import { logGroupName } from "../../domain/names";
import { postAsIs } from "../../local/post";
import { localSources, type LocalSource } from "../../local/sources";
import { accessLogLine, filterPattern } from "../helpers/filterPattern";
import { send, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

const settingsPath = (source: string) => `~1webhook~1${source}/POST`;

describe("A source's throttle", () => {
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  const stage = () => ({ restApiId: pipeline.outputs.apiId as string, stageName: pipeline.outputs.stageName as string });

  /** Throttle of one source: this many requests at once, and hardly any after. */
  const limit = (source: LocalSource, burst: number, rate: number) =>
    pipeline.clients.apiGateway.send(
      new UpdateStageCommand({
        ...stage(),
        patchOperations: [
          { op: "replace", path: `/${settingsPath(source)}/throttling/burstLimit`, value: String(burst) },
          { op: "replace", path: `/${settingsPath(source)}/throttling/rateLimit`, value: String(rate) },
        ],
      }),
    );
  const unsigned = (source: LocalSource) => postAsIs(pipeline, source, Buffer.from('{"id":1}'), { "content-type": "application/json" });

  it("is a setting of the source's own method in the deployed stage", async () => {
    const { methodSettings } = await pipeline.clients.apiGateway.send(new GetStageCommand(stage()));
    for (const source of localSources) {
      const { throttlingRateLimit, throttlingBurstLimit } = methodSettings![`/webhook/${source}/POST`];
      assert.deepEqual([throttlingRateLimit, throttlingBurstLimit], [1_000, 500], source);
    }
  });

  it("refuses that source's requests with 429 and Retry-After, and no other source's", async () => {
    const { methodSettings } = await pipeline.clients.apiGateway.send(new GetStageCommand(stage()));
    const before = methodSettings!["/webhook/github/POST"];
    await limit("github", 2, 0.001);
    try {
      const statuses: number[] = [];
      for (let request = 0; request < 4; request++) statuses.push((await unsigned("github")).status);
      assert.deepEqual(statuses.slice(-2), [429, 429]);
      const response = await fetch(pipeline.urls.github, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"id":1}',
      });
      assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "30"]);
      assert.equal(((await response.json()) as { error: string }).error, "throttled");
      for (const other of localSources.filter((source) => source !== "github")) assert.notEqual((await unsigned(other)).status, 429, other);
    } finally {
      await limit("github", before.throttlingBurstLimit!, before.throttlingRateLimit!);
    }
  });

  it("does not count requests to unknown sources, which reach no function", async () => {
    for (const [path, headers] of [
      ["/webhook/nobody", {}],
      ["/webhook/", {}],
      ["/webhook/stripe/more", {}],
      ["/", { authorization: "Basic dXNlcjpwYXNz" }],
    ] as const) {
      const url = pipeline.urls.stripe.replace(/\/webhook\/stripe$/, path);
      const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: '{"id":1}' });
      const { error } = (await response.json()) as { error: string };
      assert.deepEqual([response.status, error], [404, "not_found"], path);
    }
  });

  it("is counted from the access log, like refusals, in the metric that its alarm watches", async () => {
    // Another stack on the same local AWS has filters of the same names.
    const accessLog = logGroupName.apiAccess(pipeline.outputs.apiId as string, pipeline.outputs.stageName as string);
    const { metricFilters } = await pipeline.clients.logs.send(new DescribeMetricFiltersCommand({ logGroupName: accessLog }));
    assert.ok(metricFilters!.length > 0);
    const countedIn = (context: Record<string, string>) => {
      const line = accessLogLine(accessLogFormat(), { stage: stage().stageName, ...context });
      return metricFilters!
        .filter((one) => filterPattern(one.filterPattern!)(line))
        .map(({ metricTransformations }) => metricTransformations![0].metricName);
    };
    const ask = async (method: string, path: string, body?: string) => {
      const url = pipeline.urls.stripe.replace(/\/webhook\/stripe$/, path);
      const { status } = await fetch(url, { method, body, headers: { "content-type": "application/json" } });
      return [status, ...countedIn({ httpMethod: method, path, status: String(status) })];
    };
    const accepted = await send(pipeline, "stripe");
    assert.deepEqual([accepted.status, countedIn({ httpMethod: "POST", status: String(accepted.status) })], [202, []]);
    assert.deepEqual(await ask("POST", "/webhook/stripe", '{"id":"evt_1"}'), [401]);
    assert.deepEqual(await ask("POST", "/webhook/stripe", "no JSON"), [400, "RequestsRefused"]);
    assert.deepEqual(await ask("POST", "/webhook/nobody", "{}"), [404, "RequestsRefused"]);
    assert.deepEqual(await ask("GET", "/webhook/nobody"), [404]);
    const { methodSettings } = await pipeline.clients.apiGateway.send(new GetStageCommand(stage()));
    const before = methodSettings!["/webhook/stripe/POST"];
    await limit("stripe", 1, 0.001);
    try {
      await unsigned("stripe");
      assert.deepEqual(await ask("POST", "/webhook/stripe", "{}"), [429, "RequestsThrottled"]);
    } finally {
      await limit("stripe", before.throttlingBurstLimit!, before.throttlingRateLimit!);
    }
  });
});
