import * as assert from "node:assert/strict";
import { ownCommandLine, inQuotes, optionWords, shellLine } from "../../../cli/lib/shell";

describe("A command line for a shell", () => {
  it("is taken word by word as it is, whatever a transaction ID holds", () => {
    assert.equal(ownCommandLine(["events", "redrive", "stripe#evt_1"]), "npx webhook-pipeline events redrive 'stripe#evt_1'");
    assert.equal(ownCommandLine(["a'; rm -rf ~ #"]), String.raw`npx webhook-pipeline 'a'\''; rm -rf ~ #'`);
  });

  it("can be of another program", () =>
    assert.equal(shellLine(["pulumi", "login", "s3://state?region=eu-west-1"]), "pulumi login 's3://state?region=eu-west-1'"));

  it("has the options that are given", () =>
    assert.deepEqual(optionWords({ kind: "refund", limit: 5, status: undefined }), ["--kind", "refund", "--limit", "5"]));

  it("can have quotes around every text", () => assert.equal(inQuotes("it's"), String.raw`'it'\''s'`));
});
