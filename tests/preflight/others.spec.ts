import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { captureProgram } from "../../graph/capture";
import { preflight } from "../../preflight/preflight";

/** A mistake that was planted when the program was written, and where the preflight must find it. */
interface Mistake {
  mistake: string;
  /** Rule, type and name of the resource: all that is a consequence of this one mistake. */
  findings: string[];
}

/** Warnings that their author does not share: wide permissions that nothing breaks. They count as false alarms. */
const notShared = [
  "policy-wildcard-action aws:iam/rolePolicy:RolePolicy pipe",
  "policy-wildcard-resource aws:iam/rolePolicy:RolePolicy flow",
];

const folder = path.join(__dirname, "others");

/** Programs of the kind that people publish, written by somebody who did not know the rules. */
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
        it(`is found: ${mistake}`, () =>
          assert.deepEqual(
            findings.filter((finding) => !found.includes(finding)),
            [],
          ));

      it(mistakes.length === 0 ? "is right, and nothing is found" : "has nothing else that is found: no false alarm", () => {
        const expected = new Set(mistakes.flatMap(({ findings }) => findings));
        assert.deepEqual(
          found.filter((finding) => !expected.has(finding)),
          name === "clean-2" ? notShared : [],
        );
      });
    });
  }
});
