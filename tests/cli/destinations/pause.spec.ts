import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { pauseDestination, resumeDestination } from "../../../cli/destinations/pause";
import { printedBy, withStackOutputs } from "../../helpers/deployedStack";

const yes = { stack: "dev", yes: true };
const at = "2026-01-31T12:00:00.000Z";

describe("A pause of a destination", () => {
  withStackOutputs({
    tableName: "events",
    indexShards: 1,
    webhookUrls: {},
    destinations: { orders: { type: "https", url: "https://orders.example.com/", queueUrl: "q", deadLetterQueueUrl: "d", ruleName: "r" } },
    deliveriesTableName: "deliveries",
    deliverFunctionName: "deliver",
  });
  let dynamodb: ReturnType<typeof mockClient>;
  let lambda: ReturnType<typeof mockClient>;
  beforeEach(() => {
    [dynamodb, lambda] = [mockClient(DynamoDBClient), mockClient(LambdaClient)];
    dynamodb.on(UpdateItemCommand).resolves({});
    lambda.on(InvokeCommand).resolves({});
  });
  afterEach(() => {
    for (const one of [dynamodb, lambda]) one.restore();
  });
  const isPaused = (paused: object | undefined) => dynamodb.on(GetItemCommand).resolves({ Item: paused as never });
  const refused = () => dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));

  it("is written, and the command says how to go on", async () => {
    isPaused({ paused: { S: "operator" }, paused_at: { S: at } });
    const { stdout } = await printedBy(() => pauseDestination("orders", yes));
    assert.equal(
      stdout,
      "orders is paused. Events wait in its queue, for 14 days at most. To go on:\n  npx webhook-pipeline destinations resume orders --stack dev\n",
    );
    const json = await printedBy(() => pauseDestination("orders", { ...yes, json: true, reason: "moving" }));
    assert.deepEqual(JSON.parse(json.stdout), {
      destination: "orders",
      changed: true,
      state: "paused",
      paused: { by: "operator", since: at },
    });
  });

  it("changes nothing where it has just been resumed by somebody else", async () => {
    refused();
    isPaused(undefined);
    const { stdout } = await printedBy(() => pauseDestination("orders", yes));
    assert.equal(stdout, "orders was paused before: it has just been resumed. Nothing was changed.\n");
  });

  it("ends with a resume, which says what happens, and does so once", async () => {
    isPaused({ paused: { S: "endpoint" }, pause_reason: { S: "410" } });
    assert.equal(
      (await printedBy(() => resumeDestination("orders", yes))).stdout,
      "orders is resumed. Its rate rises over some minutes.\n",
    );
    refused();
    assert.equal((await printedBy(() => resumeDestination("orders", yes))).stdout, "orders is not paused. Nothing was changed.\n");
  });
});
