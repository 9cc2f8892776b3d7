import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { allows, program } from "../../testbed/program";
import { tableKeyActions } from "../helpers/permissions";

describe("The processing function's role", () => {
  const statements = async () => (await program()).roleStatements("webhook-process-dev");

  it("may only read and update items of the events table", async () => {
    const onTable = (await statements()).filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")));
    assert.deepEqual(
      onTable.map(({ Action, Resource }) => [Action, Resource]),
      [[["dynamodb:GetItem", "dynamodb:UpdateItem"], "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-events-dev"]],
    );
  });

  it("may use the data key", async () => {
    const key = (await program()).one(Type.queue).inputs.kmsMasterKeyId;
    for (const action of tableKeyActions) assert.ok(allows(await statements(), action, key), action);
  });
});
