import * as assert from "node:assert/strict";
import { findType, holdsData, knownTypes, replacingInputs, Type } from "../../../preflight/graph/types";
import { isGeneratedName } from "../../../preflight/graph/uniqueNames";

describe("The registry of resource types", () => {
  it("has one row for each type", () => {
    const tokens = knownTypes.map(({ token }) => token);
    assert.deepEqual([...new Set(tokens)], tokens);
  });

  it("begins each error for a taken name with AWS's error code", () => {
    for (const awsError of knownTypes.flatMap((type) => type.awsError ?? [])) assert.match(awsError, /^[A-Z]\w+: ./);
  });
});

describe("A change of an input", () => {
  it("replaces the resource if it is the name, and not if it is a number", () => {
    assert.deepEqual(replacingInputs(Type.queue, ["visibilityTimeoutSeconds", "name"]), ["name"]);
    assert.deepEqual(replacingInputs(Type.methodSettings, ["settings"]), []);
  });

  it("replaces the resource if AWS updates none of its inputs in place", () => {
    assert.deepEqual(replacingInputs(Type.permission, ["sourceArn"]), ["sourceArn"]);
  });

  it("has no known effect on a type without a row", () => {
    assert.equal(findType("aws:ec2/instance:Instance"), undefined);
    assert.deepEqual(replacingInputs("aws:ec2/instance:Instance", ["ami"]), []);
  });

  it("loses data if the resource holds events, messages, logs, secrets or keys", () => {
    assert.equal(holdsData(Type.table), true);
    assert.equal(holdsData(Type.metricAlarm), false);
  });
});

describe("A generated name", () => {
  it("is the logical name with a hyphen and seven hexadecimal digits", () => {
    const made = ["logs-0123abc", "logs-0123abg", "logs-0123ab", "logs0123abc", "log-0123abc", "logs"].map((name) =>
      isGeneratedName(name, "logs"),
    );
    assert.deepEqual(made, [true, false, false, false, false, false]);
  });
});
