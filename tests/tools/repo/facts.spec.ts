import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { factsText } from "../../../tools/repo/facts";

describe("The facts of preflight", () => {
  for (const file of ["api.json", "metrics.json"])
    it(`in ${file} stand as their generator writes them`, () => {
      const text = readFileSync(`preflight/facts/${file}`, "utf8");
      assert.ok(text === factsText(JSON.parse(text) as object), 'run "npx webhook-pipeline dev facts"');
    });
});
