import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { Cloud } from "../../testbed/engine/standIn/cloud";

/** IAM's words, as people have met them. */
describe("The stand-in's policies", () => {
  const boundary = "arn:aws:iam::123456789012:policy/boundary";
  const policy = { name: "boundary", policy: "{}" };
  const bounded = { name: "logs", permissionsBoundary: boundary };
  const unknown = /^Error: NoSuchEntity: Scope ARN: arn:aws:iam::123456789012:policy\/boundary does not exist or is not attachable\.$/;

  it("must be there before a role is made with one as its boundary, or gets one", () => {
    const cloud = new Cloud("eu-central-1");
    assert.throws(() => cloud.create(Type.role, "logs", bounded), unknown);
    const { id } = cloud.create(Type.role, "logs", { name: "logs" });
    assert.throws(() => cloud.update(Type.role, id, "logs", bounded), unknown);
    cloud.create(Type.iamPolicy, "boundary", policy);
    cloud.update(Type.role, id, "logs", bounded);
  });

  it("are not deleted while they bound a role or are attached to one, even if no stack knows that role any more", () => {
    for (const [type, inputs] of [
      [Type.role, bounded],
      [Type.rolePolicyAttachment, { role: "logs", policyArn: boundary }],
    ] as const) {
      const cloud = new Cloud("eu-central-1");
      cloud.create(Type.iamPolicy, "boundary", policy);
      const { id } = cloud.create(type, "logs", inputs);
      const remove = () => cloud.delete(Type.iamPolicy, boundary, "boundary");
      assert.throws(remove, /^Error: DeleteConflict: Cannot delete a policy attached to entities\.$/);
      cloud.delete(type, id, "logs");
      remove();
    }
  });

  it("of AWS's own are always there", () => {
    const policyArn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    new Cloud("eu-central-1").create(Type.rolePolicyAttachment, "logs", { role: "logs", policyArn });
  });
});
