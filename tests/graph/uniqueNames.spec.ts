import * as assert from "node:assert/strict";
import { isGeneratedName, takenAnswers, uniqueNames } from "../../graph/uniqueNames";

describe("A name that is taken", () => {
  for (const [type, answer] of Object.entries(takenAnswers))
    it(`is refused by an error that has a code, and is a name of the type: ${type}`, () => {
      assert.match(answer("webhook-x-dev"), /^[A-Z]\w+: .*/);
      assert.ok(uniqueNames[type]);
    });
});

describe("A name that Pulumi makes", () => {
  it("is the logical one with a hyphen and seven hexadecimal digits", () => {
    const made = ["logs-0123abc", "logs-0123abg", "logs-0123ab", "logs0123abc", "log-0123abc", "logs"].map((name) =>
      isGeneratedName(name, "logs"),
    );
    assert.deepEqual(made, [true, false, false, false, false, false]);
  });
});
