import * as assert from "node:assert/strict";
import { many, manySources } from "../../../tools/bench/program";
import { parseSettings } from "../../helpers/configuration";

describe("The bench of the program", () => {
  it("has a stack of many sources that the configuration allows", () =>
    assert.equal(parseSettings(manySources(many)).sources.length, many));
});
