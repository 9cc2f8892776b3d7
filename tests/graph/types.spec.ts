import * as assert from "node:assert/strict";
import { findType, holdsData, knownTypes, replacingInputs, Type } from "../../graph/types";
import { isGeneratedName } from "../../graph/uniqueNames";

describe("The registry of resource types", () => {
  it("has one row a type", () => {
    const tokens = knownTypes.map(({ token }) => token);
    assert.deepEqual([...new Set(tokens)], tokens);
  });

  it("begins an error for a name that is taken with AWS's code", () => {
    for (const awsError of knownTypes.flatMap((type) => type.awsError ?? [])) assert.match(awsError, /^[A-Z]\w+: ./);
  });
});

describe("A change of an input", () => {
  it("replaces a resource when the name changes, and updates it in place when a number does", () => {
    assert.deepEqual(replacingInputs(Type.queue, ["visibilityTimeoutSeconds", "name"]), ["name"]);
    assert.deepEqual(replacingInputs(Type.methodSettings, ["settings"]), []);
  });

  it("replaces a resource, whatever changes, where AWS updates nothing in place", () => {
    assert.deepEqual(replacingInputs(Type.permission, ["sourceArn"]), ["sourceArn"]);
  });

  it("is not guessed for a type without a row", () => {
    assert.equal(findType("aws:ec2/instance:Instance"), undefined);
    assert.deepEqual(replacingInputs("aws:ec2/instance:Instance", ["ami"]), []);
  });

  it("loses data where the resource holds events, messages, logs, secrets or keys", () => {
    assert.equal(holdsData(Type.table), true);
    assert.equal(holdsData(Type.metricAlarm), false);
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
