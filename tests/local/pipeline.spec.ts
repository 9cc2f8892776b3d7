import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { UserError } from "../../domain/userError";
import { refuseFaults } from "../../local/pipeline";
import { program } from "../../testbed/program";

describe("The local run", () => {
  it("makes what AWS would make", async () => refuseFaults((await program()).resources));

  it("refuses, with AWS's words, what AWS would refuse though the local AWS does not", async () => {
    const resources = structuredClone((await program()).resources);
    const queue = resources.find(({ type }) => type === Type.queue)!;
    queue.inputs.delaySeconds = 901;
    assert.throws(
      () => refuseFaults(resources),
      (error) => error instanceof UserError && /^AWS would refuse this, so nothing is made:\n\nerror sqs-delay\n/.test(error.message),
    );
  });

  it("does not refuse what is only a warning", async () => {
    const resources = structuredClone((await program()).resources);
    const key = resources.find(({ type }) => type === Type.key)!;
    const statement = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "kms:Decrypt", Resource: "*" };
    const policy = JSON.parse(key.inputs.policy as string) as { Statement: object[] };
    key.inputs.policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
    refuseFaults(resources);
  });
});
