import * as assert from "node:assert/strict";
import { safeDescription } from "../../handlers/errors";

describe("An error's description for logs", () => {
  it("is only a name if the error may quote a payload", () => {
    assert.equal(safeDescription(new SyntaxError("quotes")), "SyntaxError");
    assert.equal(safeDescription("quotes"), "UnknownError");
  });
});
