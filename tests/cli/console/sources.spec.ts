import * as assert from "node:assert/strict";
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { ListSecretVersionIdsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { countRefused } from "../../../cli/console/refusedCounts";
import { readSources, type SourcesTarget } from "../../../cli/console/sources";
import { secretVersionId } from "../../../domain/secretVersions";
import { withOwnSend } from "../../helpers/ownSend";

const now = new Date("2026-01-31T12:00:00Z");
const target: SourcesTarget = {
  stack: "prod",
  suffix: "prod",
  stageName: "webhook-api-prod",
  sources: { stripe: { provider: "stripe" }, shop: { provider: "custom" } },
  secretArns: { stripe: "arn:stripe", shop: "arn:shop" },
  webhookUrls: { stripe: "https://example.com/webhook/stripe", shop: "https://example.com/webhook/shop" },
  cloudWatch: new CloudWatchClient({}),
  secretsManager: new SecretsManagerClient({}),
};
const cloudWatch = mockClient(withOwnSend(target.cloudWatch));
const secretsManager = mockClient(withOwnSend(target.secretsManager));
const denied = () => Object.assign(new Error("not authorized to perform: x:Y"), { name: "AccessDenied" });

describe("The sources of a pipeline", () => {
  beforeEach(() => {
    cloudWatch.reset();
    secretsManager.reset();
    cloudWatch.on(ListMetricsCommand).resolves({});
    cloudWatch.on(GetMetricDataCommand).resolves({});
    secretsManager.on(ListSecretVersionIdsCommand).resolves({ Versions: [] });
  });

  /** Lets a secret have a version in use, and the one before it. */
  const store = (SecretId: string, VersionId: string) =>
    secretsManager.on(ListSecretVersionIdsCommand, { SecretId }).resolves({
      Versions: [
        { VersionId: secretVersionId(1), VersionStages: ["AWSPREVIOUS"], CreatedDate: new Date(0) },
        { VersionId, VersionStages: ["AWSCURRENT"], CreatedDate: now },
      ],
    });
  const none = { newest: async () => [] };

  it("are listed with provider, URL, and the number and age of their secrets", async () => {
    store("arn:stripe", secretVersionId(2));
    const { sources } = await readSources(target, none);
    assert.deepEqual(sources, [
      {
        name: "shop",
        provider: "custom",
        url: "https://example.com/webhook/shop",
        secrets: 0,
        since: null,
        command: "npx webhook-pipeline secrets set shop --stack prod",
      },
      {
        name: "stripe",
        provider: "stripe",
        url: "https://example.com/webhook/stripe",
        secrets: 2,
        since: now.toISOString(),
        command: "npx webhook-pipeline secrets finish stripe --stack prod",
      },
    ]);
  });

  it("do not tell how many secrets another program has stored", async () => {
    store("arn:stripe", "9cad3d08-9867-44a9-b3c9-9ac973656513");
    const { sources } = await readSources({ ...target, stack: undefined }, none);
    const { secrets, since, command } = sources.find(({ name }) => name === "stripe")!;
    assert.deepEqual([secrets, since, command], [null, now.toISOString(), "npx webhook-pipeline secrets rotate stripe"]);
  });

  it("are read without a secret", async () => {
    await readSources(target, none);
    for (const { args } of secretsManager.calls()) assert.ok(args[0] instanceof ListSecretVersionIdsCommand);
  });

  it("have the refused requests of the local run, or else counts", async () => {
    const refused = [{ at: now.toISOString(), source: "stripe", status: 401, reason: "signature mismatch", sourceIp: null }];
    const local = await readSources({ ...target, stack: undefined }, { newest: async () => refused });
    assert.deepEqual([local.refused, local.refusedCounts], [refused, null]);
    assert.equal(cloudWatch.calls().length, 0);
    const deployed = await readSources(target, undefined);
    assert.deepEqual([deployed.refused, deployed.refusedCounts], [null, []]);
  });

  it("are shown without counts where the credentials may not read metrics", async () => {
    cloudWatch.on(ListMetricsCommand).rejects(denied());
    const { sources, refusedCounts } = await readSources(target, undefined);
    assert.deepEqual([sources.length, refusedCounts], [2, null]);
    cloudWatch.on(ListMetricsCommand).rejects(new Error("slow down"));
    await assert.rejects(readSources(target, undefined), /slow down/);
  });

  it("are not shown where the credentials may not count secrets: no secret would be untrue", async () => {
    secretsManager.on(ListSecretVersionIdsCommand).rejects(denied());
    await assert.rejects(readSources(target, undefined), /not authorized/);
  });

  describe("count what was refused within 24 hours", () => {
    const metricOf = (source: string, reason: string) => ({
      Namespace: "WebhookPipeline",
      MetricName: "SignatureFailures",
      Dimensions: Object.entries({ service: "receive", environment: "prod", source, reason }).map(([Name, Value]) => ({ Name, Value })),
    });

    it("by source and reason, and otherwise by reason", async () => {
      cloudWatch
        .on(ListMetricsCommand)
        .resolvesOnce({ Metrics: [metricOf("stripe", "mismatch")], NextToken: "more" })
        .resolves({ Metrics: [metricOf("shop", "no signature"), metricOf("shop", "stale")] });
      cloudWatch
        .on(GetMetricDataCommand)
        .resolvesOnce({
          // By address, other 4XX with those by address, throttled, then the signatures.
          MetricDataResults: [
            { Id: "m0", Values: [1, 1] },
            { Id: "m1", Values: [7] },
            { Id: "m3", Values: [10, 5] },
            { Id: "m4", Values: [] },
          ],
          NextToken: "more",
        })
        .resolves({ MetricDataResults: [{ Id: "m5", Values: [3] }] });
      assert.deepEqual(await countRefused(target, now), [
        { source: "stripe", reason: "signature mismatch", count: 15 },
        { source: "all sources", reason: "not an event, or not for a source (4XX)", count: 5 },
        { source: "shop", reason: "stale signature", count: 3 },
        { source: "all sources", reason: "address not allowed", count: 2 },
      ]);
    });

    it("of this stack's metrics", async () => {
      cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [metricOf("stripe", "mismatch")] });
      await countRefused(target, now);
      const [listed] = cloudWatch.commandCalls(ListMetricsCommand);
      assert.deepEqual(listed.args[0].input.Dimensions, [{ Name: "environment", Value: "prod" }, { Name: "source" }, { Name: "reason" }]);
      const { StartTime, EndTime, MetricDataQueries = [] } = cloudWatch.commandCalls(GetMetricDataCommand)[0].args[0].input;
      assert.deepEqual([StartTime, EndTime], [new Date("2026-01-30T12:00:00Z"), now]);
      const dimensions = MetricDataQueries.map(({ MetricStat }) => [
        MetricStat!.Metric!.MetricName,
        ...MetricStat!.Metric!.Dimensions!.map(({ Name, Value }) => `${Name}=${Value}`),
      ]);
      assert.deepEqual(dimensions, [
        ["NetworkRefusals", "environment=prod", "service=receive"],
        ["RequestsRefused", "stage=webhook-api-prod"],
        ["RequestsThrottled", "stage=webhook-api-prod"],
        ["SignatureFailures", "service=receive", "environment=prod", "source=stripe", "reason=mismatch"],
      ]);
    });

    it("in as many calls as AWS needs", async () => {
      const many = Array.from({ length: 600 }, (_, index) => metricOf(`source-${index}`, "mismatch"));
      cloudWatch.on(ListMetricsCommand).resolves({ Metrics: many });
      cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries }: { MetricDataQueries: { Id: string }[] }) => ({
        MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, Values: [1] })),
      }));
      const counts = await countRefused(target, now);
      assert.equal(counts.filter(({ source }) => source.startsWith("source-")).length, 600);
      const sizes = cloudWatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input.MetricDataQueries!.length);
      assert.deepEqual(sizes, [500, 103]);
    });
  });
});
