import * as assert from "node:assert/strict";
import { GraphError, readGraph } from "../../graph/read";
import { program } from "../../testbed/program";

describe("A graph's file", () => {
  it("is read as it was written", async () => {
    const { resources } = await program();
    const written = JSON.stringify(resources);
    assert.equal(readGraph(written, "graph.json").length, resources.length);
  });

  for (const [what, text, message] of [
    ["not JSON", "{", "base.json is no resource graph: it is not JSON. npx webhook-pipeline stack graph writes one."],
    [
      "no list",
      "{}",
      "base.json is no resource graph: Invalid input: expected array, received object. npx webhook-pipeline stack graph writes one.",
    ],
  ] as const) {
    it(`is refused when it is ${what}, in one sentence`, () => {
      assert.throws(() => readGraph(text, "base.json"), new GraphError(message));
    });
  }

  it("is refused with the place of what is wrong in it", () => {
    assert.throws(() => readGraph('[{"urn": 1}]', "base.json"), /base\.json is no resource graph: .+ at 0\.urn\. npx/);
  });
});
