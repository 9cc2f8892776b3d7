import * as assert from "node:assert/strict";
import { allows, program, type Program } from "../helpers/graph";

const logDeliveryActions = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

describe("Workflow", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  describe("the state machine", () => {
    const stateMachine = () => dev.one("aws:sfn/stateMachine:StateMachine");
    const role = "webhook-workflow-dev";

    for (const action of logDeliveryActions) {
      it(`has a role that may ${action}`, () => assert.ok(allows(dev.roleStatements(role), action, "*")));
    }

    it("is made after the policy that lets its role deliver logs", () => {
      const policy = dev.one("aws:iam/rolePolicy:RolePolicy", "workflow-log-delivery");
      assert.ok(stateMachine().dependencies.includes(policy.urn));
    });

    it("is made after the policy for its states", () => {
      assert.ok(stateMachine().dependencies.includes(dev.one("aws:iam/rolePolicy:RolePolicy", "workflow-policy").urn));
    });
  });
});
