import * as assert from "node:assert/strict";
import { safeDescription } from "../../handlers/errors";

describe("An error's description for logs", () => {
  it("is no more than a name where the error may quote something", () => {
    assert.equal(safeDescription(new SyntaxError("quotes")), "SyntaxError");
    assert.equal(safeDescription("quotes"), "UnknownError");
  });
});
