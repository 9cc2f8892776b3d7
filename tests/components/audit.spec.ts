import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { guarded, program } from "../../testbed/program";

interface Selector {
  name: string;
  fieldSelectors: { field: string; equals?: string[]; startsWiths?: string[]; notEquals?: string[] }[];
}

describe("Audit", () => {
  it("exists only if configured", async () => assert.equal((await program()).all(Type.trail).length, 0));

  it("records who read or wrote events and large payloads, and who read a secret", async () => {
    const audited = await program({ auditTrail: true });
    const { advancedEventSelectors, name, enableLogFileValidation } = audited.one(Type.trail).inputs;
    const [table, payloads, management] = advancedEventSelectors as Selector[];
    const values = (selector: Selector, field: string) => selector.fieldSelectors.find((one) => one.field === field);
    assert.equal(name, "webhook-audit-dev");
    assert.equal(enableLogFileValidation, true);
    assert.deepEqual(values(table, "resources.ARN")!.equals, ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-events-dev"]);
    assert.deepEqual(values(table, "eventCategory")!.equals, ["Data"]);
    assert.deepEqual(values(payloads, "eventCategory")!.equals, ["Data"]);
    assert.deepEqual(values(payloads, "resources.type")!.equals, ["AWS::S3::Object"]);
    assert.deepEqual(values(payloads, "resources.ARN")!.startsWiths, ["arn:aws:s3:::webhook-payloads-dev-123456789012/"]);
    assert.deepEqual(values(management, "eventCategory")!.equals, ["Management"]);
    assert.deepEqual(values(management, "eventSource")!.notEquals, ["kms.amazonaws.com"]);
  });

  it("covers all regions, because IAM and STS events appear only in us-east-1", async () => {
    for (const region of ["eu-central-1", "us-east-1"]) {
      const { isMultiRegionTrail, includeGlobalServiceEvents } = (await program({ auditTrail: true, "aws:region": region })).one(
        Type.trail,
      ).inputs;
      assert.deepEqual({ isMultiRegionTrail, includeGlobalServiceEvents }, { isMultiRegionTrail: true, includeGlobalServiceEvents: true });
    }
  });

  it("stores records in a bucket named after the account, which a destroy empties only in an unprotected stack", async () => {
    const audited = await program({ auditTrail: true });
    const kept = await program(guarded);
    assert.deepEqual(audited.one(Type.trail).inputs.s3Bucket, { args: { bucket: "webhook-audit-dev-123456789012", forceDestroy: true } });
    assert.deepEqual(kept.one(Type.trail).inputs.s3Bucket, { args: { bucket: "webhook-audit-dev-123456789012", forceDestroy: false } });
  });
});
