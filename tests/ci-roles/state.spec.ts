import * as assert from "node:assert/strict";
import { secretsContext, secretsProvider } from "../../ci-roles/state";

describe("A stack's secrets", () => {
  it("are encrypted with the stack's name as context, which limits a role to them", () => {
    const [dev, prod] = ["dev", "prod"].map((stack) => new URL(secretsProvider("alias/state", "eu-central-1", stack)));
    assert.deepEqual(
      [dev, prod].map(({ searchParams }) => searchParams.get(`context_${secretsContext}`)),
      ["dev", "prod"],
    );
    assert.equal(dev.searchParams.get("region"), "eu-central-1");
  });
});
