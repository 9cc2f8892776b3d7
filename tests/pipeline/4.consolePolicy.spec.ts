import * as assert from "node:assert/strict";
import { ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { StartPipeCommand } from "@aws-sdk/client-pipes";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { readHealth, type HealthTarget } from "../../cli/console/health";
import { RefusedRequests } from "../../cli/console/refused";
import { readSources, type SourcesTarget } from "../../cli/console/sources";
import { findSecret, readSecret, writeSecret } from "../../cli/secrets/rotation";
import type { SecretsTarget } from "../../cli/lib/target";
import { createClients } from "../../local/clients";
import { watchRefusals } from "../../local/refusals";
import { post } from "../../local/post";
import { createSigning } from "../../local/signing";
import { freshSample } from "../../local/samples";
import { eventually } from "../helpers/eventually";
import { sharedPipeline, userWith, type PipelineUnderTest } from "../helpers/pipeline";

describe("The console, with no more permissions than the stack's output consolePolicy gives", () => {
  let pipeline: PipelineUnderTest;
  let target: HealthTarget & SourcesTarget;
  let denied: HealthTarget;
  before(async () => {
    pipeline = await sharedPipeline();
    const targetOf = async (user: string, policy: string) => {
      const clients = createClients({ ...pipeline, ...(await userWith(pipeline, user, policy)) });
      return { ...none, ...pipeline.outputs, ...clients } as unknown as HealthTarget & SourcesTarget;
    };
    const none = { stack: "test", suffix: "test", destinations: {}, deliveriesTableName: undefined };
    const policy = JSON.parse(String(pipeline.outputs.consolePolicy)) as { Statement: object[] };
    // The emulator asks for this on everything, instead of all alarms of the account and region.
    const alarms = { Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" };
    target = await targetOf("onlooker", JSON.stringify({ ...policy, Statement: [...policy.Statement, alarms] }));
    const useless = [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }];
    denied = await targetOf("stranger", JSON.stringify({ Version: "2012-10-17", Statement: useless }));
  });

  it("reads the health of the pipeline, and lacks no permission", async () => {
    const { checks, missing } = await readHealth(target);
    assert.ok((await readSources(target, undefined)).refusedCounts);
    assert.deepEqual(missing, []);
    assert.deepEqual([checks[0].name, checks[0].state], ["pipe", "ok"]);
    const names = checks.map(({ name }) => name);
    for (const name of ["dead-letters", "events-waiting", "signature-failures"]) assert.ok(names.includes(name), name);
  });

  it("names what is missing for somebody who may do nothing", async () => {
    const { missing } = await readHealth(denied);
    assert.deepEqual(
      [...new Set(missing.map(({ permission }) => permission))],
      [
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "pipes:DescribePipe",
        "secretsmanager:ListSecretVersionIds",
        "sqs:GetQueueAttributes",
      ],
    );
  });

  it("counts secrets without reading one, also during a rotation", async () => {
    const owner = { ...(pipeline.outputs as unknown as SecretsTarget), secretsManager: pipeline.clients.secretsManager, destinations: {} };
    const secret = findSecret(owner, "shopify");
    const [used] = (await readSecret(owner, secret)).entries;
    const view = async () => (await readSources(target, undefined)).sources.find(({ name }) => name === "shopify")!;
    assert.equal((await view()).secrets, 1);
    await writeSecret(owner, secret, [{ secret: "another" }, used]);
    const { secrets, since, command } = await view();
    assert.deepEqual([secrets, command], [2, "npx webhook-pipeline secrets finish shopify --stack test"]);
    assert.equal(since, (await readSecret(owner, secret)).since!.toISOString());
    await writeSecret(owner, secret, [used]);
    assert.equal((await view()).secrets, 1);
    const reads = target.secretsManager.send(new GetSecretValueCommand({ SecretId: secret.arn }));
    await assert.rejects(reads, /not authorized to perform: secretsmanager:GetSecretValue/);
  });

  it("has the requests that the local run refuses, from its log", async () => {
    const refused = new RefusedRequests(watchRefusals(pipeline, () => undefined));
    const { signing } = await createSigning(pipeline.urls);
    assert.equal((await post({ ...pipeline, signing }, "square", freshSample("square"))).status, 401);
    const found = await eventually("the refused request", async () => {
      const { refused: all } = await readSources(target, refused);
      return all?.find(({ source }) => source === "square");
    });
    assert.deepEqual([found.status, found.reason], [401, "signature mismatch"]);
    assert.ok(Math.abs(Date.now() - Date.parse(found.at)) < 60_000, found.at);
  });

  it("has the requests to a URL that no source has, which API Gateway answers itself", async () => {
    const refused = new RefusedRequests(watchRefusals(pipeline, () => undefined));
    const mistyped = pipeline.urls.square.replace(/square$/, "sqaure");
    assert.equal((await fetch(mistyped, { method: "POST", body: "{}" })).status, 404);
    const [newest] = (await readSources(target, refused)).refused!;
    const { source, status, reason, sourceIp } = newest;
    assert.deepEqual([source, status, reason, sourceIp], ["sqaure", 404, "no such source", "127.0.0.1"]);
    const unsigned = await fetch(`${pipeline.endpoint}/_aws/unrouted-webhooks`);
    assert.equal(unsigned.status, 403, "only the run's own keys read them");
  });

  it("may neither change an event nor read the whole table, take a dead letter, or start the pipe", async () => {
    const { dynamodb, sqs, pipes, tableName, deadLetterQueueUrl, pipeName } = target;
    const Key = { transaction_id: { S: "stripe#1" } };
    const refusals: [action: RegExp, call: () => Promise<unknown>][] = [
      [/dynamodb:UpdateItem/, () => dynamodb.send(new UpdateItemCommand({ TableName: tableName, Key }))],
      [/dynamodb:Scan/, () => dynamodb.send(new ScanCommand({ TableName: tableName }))],
      [/sqs:receivemessage/i, () => sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl }))],
      [/pipes:StartPipe/, () => pipes.send(new StartPipeCommand({ Name: pipeName }))],
    ];
    for (const [action, call] of refusals)
      await assert.rejects(
        call(),
        (error: Error) => /not authorized to perform/.test(error.message) && action.test(error.message),
        `${action}`,
      );
  });
});
