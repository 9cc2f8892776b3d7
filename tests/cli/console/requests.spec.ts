import * as assert from "node:assert/strict";
import { textIn, textsIn } from "../../../cli/console/requests";
import { UsageError } from "../../../cli/lib/errors";

/** Bodies that have nothing of any name. */
const empty: unknown[] = [undefined, null, {}, [], "ids", 1, true, { other: "x" }, { ids: undefined }, { ids: null }];

describe("The body of an action", () => {
  it("has a text", () => {
    assert.equal(textIn({ destination: "orders" }, "destination"), "orders");
    assert.equal(textIn({ body: " " }, "body"), " ");
  });

  it("is refused without a text that must be there", () => {
    for (const body of [...empty, { ids: "" }, { ids: 1 }, { ids: ["x"] }, { ids: {} }])
      assert.throws(() => textIn(body, "ids"), new UsageError('"ids" must be a text.'), JSON.stringify(body));
  });

  it("may lack a text that has a usual value, or have an empty one, but not something else", () => {
    for (const body of [...empty, { ids: "" }]) assert.equal(textIn(body, "ids", ""), "", JSON.stringify(body));
    assert.equal(textIn({ ids: "why" }, "ids", ""), "why");
    for (const value of [1, false, [], {}]) assert.throws(() => textIn({ ids: value }, "ids", ""), new UsageError('"ids" must be a text.'));
  });

  it("has a list of texts, each once, in their order", () => {
    assert.deepEqual(textsIn({ ids: ["b", "a", "b"] }, "ids"), ["b", "a"]);
    const most = Array.from({ length: 1_000 }, (_, index) => String(index));
    assert.deepEqual(textsIn({ ids: most }, "ids"), most);
  });

  it("is refused with another list than of 1 to 1000 texts", () => {
    const tooMany = Array.from({ length: 1_001 }, () => "same");
    const wrong = [
      ...empty,
      { ids: [] },
      { ids: tooMany },
      { ids: "a" },
      { ids: [""] },
      { ids: ["a", 1] },
      { ids: [["a"]] },
      { ids: { 0: "a", length: 1 } },
    ];
    for (const body of wrong)
      assert.throws(
        () => textsIn(body, "ids"),
        new UsageError('"ids" must be a list of 1 to 1000 texts.'),
        JSON.stringify(body)?.slice(0, 50),
      );
  });

  it("has no text of a name that every object inherits", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      assert.throws(() => textIn({}, name), new UsageError(`"${name}" must be a text.`));
      assert.throws(() => textsIn({}, name), UsageError);
    }
    assert.throws(() => textIn(Object.create({ destination: "inherited" }), "destination"), UsageError);
  });
});
