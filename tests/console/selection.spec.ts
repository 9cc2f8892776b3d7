import * as assert from "node:assert/strict";
import { useSelection } from "../../console/selection";
import { runHook } from "../helpers/hook";

describe("The selection of rows", () => {
  const started = () => {
    const selection = runHook(useSelection);
    return {
      toggle: (ids: readonly string[], isSelected: boolean) => selection.act(() => selection.result.toggle(ids, isSelected)),
      clear: () => selection.act(() => selection.result.clear()),
      ids: () => [...selection.result.ids],
    };
  };

  it("begins with none", () => assert.deepEqual(started().ids(), []));

  it("takes rows in and out, each once", () => {
    const { toggle, ids } = started();
    toggle(["a"], true);
    toggle(["a", "b", "c"], true);
    assert.deepEqual(ids(), ["a", "b", "c"]);
    toggle(["b", "unknown"], false);
    assert.deepEqual(ids(), ["a", "c"]);
  });

  it("is a new one after each change, so that the page shows it", () => {
    const selection = runHook(useSelection);
    const before = selection.result.ids;
    selection.act(() => selection.result.toggle(["a"], true));
    assert.notEqual(selection.result.ids, before);
    assert.equal(before.size, 0);
  });

  it("can be cleared", () => {
    const { toggle, clear, ids } = started();
    toggle(["a", "b"], true);
    clear();
    assert.deepEqual(ids(), []);
  });
});
