import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { ConfigurationError } from "../../../config/load";
import { guarded, program } from "../../../testbed/program";

const boundary = "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev";

describe("The roles of the program", () => {
  it("each have the configured boundary", async () => {
    const roles = (await program({ ...guarded, permissionsBoundary: boundary })).all(Type.role);
    assert.ok(roles.length >= 7);
    for (const { name, inputs } of roles) assert.equal(inputs.permissionsBoundary, boundary, name);
  });

  it("have no boundary unless configured", async () => {
    for (const { name, inputs } of (await program(guarded)).all(Type.role)) assert.ok(!("permissionsBoundary" in inputs), name);
  });

  it("refuse a boundary that is not a policy's ARN", async () => {
    for (const permissionsBoundary of ["boundary", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::1234:policy/x"])
      await assert.rejects(program({ permissionsBoundary }), (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, /permissionsBoundary is ".+"\. Allowed: a policy ARN, such as arn:aws:iam::/);
        return true;
      });
  });
});
