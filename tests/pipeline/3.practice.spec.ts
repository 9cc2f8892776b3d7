import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { redriveOne } from "../../cli/events/redrive";
import { Attribute, Status } from "../../domain/event";
import { itemWithStatus, send, settled, sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

/** Practices as the runbook says, with the policy that it has; the emulator enforces IAM on the functions' calls. */
describe("The drill of docs/runbook.md in a deployed stack", () => {
  const [, roleName, policyName, policy] = /put-role-policy --role-name (\S+) --policy-name (\S+) \\\n +--policy-document '([^']+)'/.exec(
    readFileSync("docs/runbook.md", "utf8"),
  )!;
  let pipeline: PipelineUnderTest;
  before(async () => (pipeline = await sharedPipeline()));

  it("makes an event fail, and lets a redrive put it right", async () => {
    await settled(pipeline);
    const { iam, dynamodb } = pipeline.clients;
    const names = { RoleName: roleName.replace(/-dev$/, pipeline.outputs.tableName.replace("webhook-events", "")), PolicyName: policyName };
    const fail = async () => {
      const { status, body } = await send(pipeline, "stripe");
      assert.equal(status, 202, "it is stored all the same");
      return itemWithStatus(pipeline, body.transactionId!, Status.failed);
    };
    await iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument: policy }));
    const item = await fail().finally(() => iam.send(new DeleteRolePolicyCommand(names)));
    assert.match(item[Attribute.error].S!, /dynamodb:GetItem/);
    const transactionId = item[Attribute.transactionId].S!;
    assert.equal(await redriveOne({ dynamodb, tableName: pipeline.outputs.tableName }, transactionId), true);
    await itemWithStatus(pipeline, transactionId, Status.processed);
  });
});
