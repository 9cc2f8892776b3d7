import * as assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { keepPackedLinks, localLinks, sectionsOf } from "../../../tools/repo/packedPages";
import { temporaryFolder } from "../../helpers/script";

describe("The pages of the package", () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => writeFileSync(path.join(folder(), name), text);

  it("keep the links that lead to a page, a heading or the web, and the labels of the others", () => {
    mkdirSync(path.join(folder(), "docs"));
    write("README.md", "# Pipeline\n\n## What it's `for`\n");
    write("docs/plot.svg", "<svg/>");
    const kept = "[a](../README.md) [b](../README.md#what-its-for) [c](#use-it) [d](https://example.com/x) ![e](plot.svg)";
    write("docs/use.md", `# Use it\n\n${kept} [gone](gone.md) [no heading](../README.md#nothing) [\`code\`](#none) ![picture](gone.png)\n`);
    keepPackedLinks(folder());
    assert.equal(readFileSync(path.join(folder(), "docs/use.md"), "utf8"), `# Use it\n\n${kept} gone no heading \`code\` picture\n`);
  });

  it("have links into the project itself", () => assert.deepEqual(localLinks("[a](b.md) [c](https://d.e) [f](#g)"), ["b.md", "#g"]));

  it("have whole sections, in the order that is asked for", () => {
    const text = "# A\n\n## One\n\n1\n\n### Deeper\n\n## Two\n\n2\n\n## Three\n";
    assert.equal(sectionsOf(text, ["Two", "One"]), "## Two\n\n2\n\n## One\n\n1\n\n### Deeper\n\n");
  });
});
