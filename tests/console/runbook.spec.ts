import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { blocksOf } from "../../console/markdown";
import { readRunbook } from "../../cli/console/runbook";
import { NotFoundError } from "../../domain/userError";

describe("An entry of the runbook", () => {
  it("is what stands under its heading, without the next one", () => {
    const { heading, text } = readRunbook("dead-letters");
    assert.equal(heading, "dead-letters");
    assert.match(text, /^- \*\*Means\.\*\*/);
    assert.doesNotMatch(text, /^## /m);
  });

  it("of an unknown heading does not exist", () => {
    for (const heading of ["nothing", "", "dead", "../package.json", "pipeline\n"])
      assert.throws(() => readRunbook(heading), new NotFoundError(`docs/runbook.md has no heading "${heading}".`));
  });

  it("keeps every word of the runbook when it is divided into blocks", () => {
    const words = (text: string) =>
      text
        .replace(/```\w*|^\s*(?:-|\d+\.) /gm, "")
        .split(/\s+/)
        .filter(Boolean);
    for (const section of readFileSync("docs/runbook.md", "utf8").split(/^## /m).slice(1)) {
      const shown = blocksOf(section).map(({ text }) => text);
      assert.deepEqual(shown.flatMap((text) => text.split(/\s+/)).filter(Boolean), words(section), section.split("\n")[0]);
    }
  });

  it("has paragraphs, lists of some depth, and code", () => {
    const blocks = blocksOf("One\nsentence.\n\n- first\n  goes on\n  - second\n\n   ```\n   a b\n   c\n   ```\n");
    assert.deepEqual(blocks, [
      { kind: "text", text: "One sentence." },
      { kind: "entry", text: "first goes on", depth: 0 },
      { kind: "entry", text: "second", depth: 1 },
      { kind: "code", text: "a b\nc" },
    ]);
  });
});
