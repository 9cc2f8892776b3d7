import * as assert from "node:assert/strict";
import { settingsBySource } from "../config/sources";
import { Type } from "../preflight/graph/types";
import { preflight } from "../preflight/preflight";
import { archivedText, program, type Program } from "../testbed/program";
import { parseSettings } from "./helpers/configuration";

/** Sources with names and filters of usual length. */
const sources = Array.from({ length: 200 }, (_, index) => ({
  name: `stripe-account-${index}`,
  provider: "stripe",
  events: ["payment_intent.*", "charge.dispute.*"],
  throttle: { requestsPerMinute: 60, burst: 5 },
}));

describe("A pipeline of 200 sources", () => {
  let many: Program;
  before(async () => (many = await program({ sources })));
  const receiver = () => many.one(Type.function, "receive-function").inputs;

  it("has the settings of each in the archive, which the 4 KB of an environment could not hold", () => {
    const settings = JSON.stringify(settingsBySource(parseSettings({ sources }).sources));
    assert.ok(settings.length > 4_096);
    for (const handler of ["receive", "process"]) {
      const { archive } = many.one(Type.function, `${handler}-function`).inputs.code as { archive: Record<string, string> };
      assert.equal(archive["sources.json"], archivedText(settings));
    }
  });

  it("names no source in the receiver's environment", () => {
    const { variables } = receiver().environment as { variables: Record<string, string> };
    assert.doesNotMatch(JSON.stringify(variables), /stripe/);
  });

  it("has policies for the secrets that do not grow", () => {
    for (const policy of [many.one(Type.rolePolicy, "receive-policy").inputs.policy, many.outputs.secretsPolicy])
      assert.doesNotMatch(String(policy), /stripe/);
  });

  it("passes the preflight", () => {
    assert.deepEqual(
      preflight(many.resources).map(({ rule, detail }) => `${rule.id}: ${detail}`),
      [],
    );
  });
});
