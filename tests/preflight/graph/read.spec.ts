import * as assert from "node:assert/strict";
import { GraphError, readGraph } from "../../../preflight/graph/read";
import { program } from "../../../testbed/program";

describe("A graph's file", () => {
  it("reads back as it was written", async () => {
    const { resources } = await program();
    const written = JSON.stringify(resources);
    assert.equal(readGraph(written, "graph.json").length, resources.length);
  });

  for (const [what, text, message] of [
    ["not JSON", "{", "base.json is not a resource graph: it is not JSON. Create one with npx webhook-pipeline stack graph."],
    [
      "not a list",
      "{}",
      "base.json is not a resource graph: Invalid input: expected array, received object. Create one with npx webhook-pipeline stack graph.",
    ],
  ] as const) {
    it(`is refused if it is ${what}`, () => {
      assert.throws(() => readGraph(text, "base.json"), new GraphError(message));
    });
  }

  it("is refused with the place of the wrong value", () => {
    assert.throws(() => readGraph('[{"urn": 1}]', "base.json"), /base\.json is not a resource graph: .+ at 0\.urn\. Create one with npx/);
  });
});
