import * as assert from "node:assert/strict";
import { placeProblem } from "../../../components/lib/context";

describe("The AWS provider of a pipeline", () => {
  const config = { environmentSuffix: "hooks", region: "eu-central-1", allowedAccountIds: ["123456789012"] };

  it("is of the pipeline's region and of an allowed account", () => {
    assert.equal(placeProblem(config, "123456789012", "eu-central-1"), undefined);
    assert.equal(placeProblem({ ...config, allowedAccountIds: [] }, "210987654321", "eu-central-1"), undefined);
  });

  it("is refused if it is of another region or account: which, and what is allowed", () => {
    assert.equal(
      placeProblem(config, "123456789012", "us-east-1"),
      "The AWS provider is of the region us-east-1, but the pipeline hooks is configured for eu-central-1. Set its region to the provider's.",
    );
    assert.equal(
      placeProblem(config, "210987654321", "eu-central-1"),
      "The AWS provider is of the account 210987654321. Allowed for the pipeline hooks: 123456789012 (allowedAccountIds).",
    );
  });
});
