import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { captureProgram } from "../../preflight/graph/capture";
import { preflight } from "../../preflight/preflight";

/** A mistake that the program's author planted, and the findings that it must cause. */
interface Mistake {
  mistake: string;
  /** Rule, resource type and resource name of every finding that this mistake causes. */
  findings: string[];
}

/** Warnings that the program's author disagrees with: wide permissions that break nothing. They count as false alarms. */
const notShared = [
  "policy-wildcard-action aws:iam/rolePolicy:RolePolicy pipe",
  "policy-wildcard-resource aws:iam/rolePolicy:RolePolicy flow",
];

const folder = path.join(__dirname, "others");

/** Programs of the kind that people publish. Their author did not know the rules. */
describe("Other people's programs", () => {
  for (const name of readdirSync(folder)) {
    const mistakes = JSON.parse(readFileSync(path.join(folder, name, "mistakes.json"), "utf8")) as Mistake[];

    describe(name, () => {
      let found: string[];
      before(async () => {
        const { resources } = await captureProgram({ project: name, entry: `tests/preflight/others/${name}/index` });
        found = preflight(resources).map(({ rule, resource }) => `${rule.id} ${resource.type} ${resource.name}`);
      });

      for (const { mistake, findings } of mistakes)
        it(`has this mistake found: ${mistake}`, () =>
          assert.deepEqual(
            findings.filter((finding) => !found.includes(finding)),
            [],
          ));

      it(mistakes.length === 0 ? "has no findings, because it is correct" : "has no other findings", () => {
        const expected = new Set(mistakes.flatMap(({ findings }) => findings));
        assert.deepEqual(
          found.filter((finding) => !expected.has(finding)),
          name === "clean-2" ? notShared : [],
        );
      });
    });
  }
});
