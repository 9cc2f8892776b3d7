import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { redriveOne } from "../../cli/events/redrive";
import { Attribute, Status } from "../../domain/event";
import { itemWithStatus, send, settled, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

/** Practices as the runbook says, with the number that it has. */
describe("The drill of docs/runbook.md in a deployed stack", () => {
  const [, functionName, reserved] = /put-function-concurrency --function-name (\S+) --reserved-concurrent-executions (\d+)\n/.exec(
    readFileSync("docs/runbook.md", "utf8"),
  )!;
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  it("makes an event fail, and lets a redrive put it right", async () => {
    await settled(pipeline);
    const { lambda, dynamodb } = pipeline.clients;
    const FunctionName = functionName.replace(/-dev$/, pipeline.outputs.tableName.replace("webhook-events", ""));
    assert.equal(FunctionName, pipeline.outputs.processFunctionName);
    const fail = async () => {
      const { status, body } = await send(pipeline, "stripe");
      assert.equal(status, 202, "it is stored all the same");
      return itemWithStatus(pipeline, body.transactionId!, Status.failed);
    };
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: Number(reserved) }));
    const item = await fail().finally(() => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })));
    assert.match(item[Attribute.error].S!, /TooManyRequests/);
    const transactionId = item[Attribute.transactionId].S!;
    assert.equal(await redriveOne({ dynamodb, tableName: pipeline.outputs.tableName }, transactionId), true);
    await itemWithStatus(pipeline, transactionId, Status.processed);
  });
});
