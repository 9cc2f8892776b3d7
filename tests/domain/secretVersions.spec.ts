import * as assert from "node:assert/strict";
import { entriesInVersion, secretVersionId } from "../../domain/secretVersions";

describe("The version of a secret", () => {
  it("tells by its ID how many entries it has", () => {
    for (const entries of [1, 2]) assert.equal(entriesInVersion(secretVersionId(entries)), entries);
    assert.notEqual(secretVersionId(1), secretVersionId(1));
  });

  it("has an ID of the length that AWS accepts", () => {
    const { length } = secretVersionId(2);
    assert.ok(length >= 32 && length <= 64, String(length));
  });

  it("does not tell if another program stored it", () => {
    for (const id of ["9cad3d08-9867-44a9-b3c9-9ac973656513", "terraform-20260131120000000000000001", ""])
      assert.equal(entriesInVersion(id), undefined);
  });
});
