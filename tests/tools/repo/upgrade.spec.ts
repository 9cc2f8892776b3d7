import * as assert from "node:assert/strict";
import { upgrade, type Workshop } from "../../../tools/repo/upgrade";

describe("An upgrade of the AWS provider", () => {
  let done: string[];
  let said: string[];
  beforeEach(() => {
    done = [];
    said = [];
  });

  const workshop = (changes: Partial<Workshop> = {}): Workshop => ({
    current: () => "7.48.0",
    stacks: () => ["dev", "prod"],
    saveGraph: (stack, moment) => done.push(`graph of ${stack} ${moment}`),
    install: (version) => void done.push(`install ${version}`),
    restore: () => done.push("restore"),
    check: () => done.push("check") > 0,
    compareGraphs: (stack) => `Resources of ${stack}`,
    say: (line) => said.push(line),
    ...changes,
  });

  it("moves the version between two graphs of each stack, checks, and shows what it changes", () => {
    assert.equal(upgrade("7.49.0", workshop()), 0);
    const graphs = (moment: string) => [`graph of dev ${moment}`, `graph of prod ${moment}`];
    assert.deepEqual(done, [...graphs("before"), "install 7.49.0", ...graphs("after"), "check"]);
    assert.match(said.join("\n"), /from 7\.48\.0 to 7\.49\.0[^]+Resources of dev[^]+Resources of prod[^]+All checks pass/);
  });

  it("shows what it changes and how to go back when a check fails", () => {
    assert.equal(upgrade("7.49.0", workshop({ check: () => false })), 1);
    assert.match(said.join("\n"), /Resources of prod[^]+Some checks fail[^]+To go back: git checkout package\.json package-lock\.json/);
  });

  it("goes on to the checks, and says how to go back, when the program does not run with it", () => {
    const saveGraph = (_stack: string, moment: string) => {
      if (moment === "after") throw new Error("no such property");
    };
    assert.equal(upgrade("8.0.0", workshop({ saveGraph })), 1);
    assert.match(said.join("\n"), /does not run with it: no such property[^]+Some checks fail[^]+To go back/);
  });

  it("leaves all as it was when the version cannot be installed", () => {
    const install = () => {
      throw new Error("No matching version found");
    };
    assert.throws(
      () => upgrade("7.999.0", workshop({ install })),
      /^Error: 7\.999\.0 cannot be installed, and all is as it was: No matching/,
    );
    assert.equal(done.at(-1), "restore");
  });

  for (const [version, message] of [
    ["latest", '"latest" is no exact version, such as 7.48.0.'],
    ["7.48", '"7.48" is no exact version, such as 7.48.0.'],
    ["7.48.0", "The AWS provider is at 7.48.0 already."],
  ]) {
    it(`to ${version} is refused before anything is touched`, () => {
      assert.throws(() => upgrade(version, workshop()), { message });
      assert.deepEqual([done, said], [[], []]);
    });
  }
});
