import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { every, isLiteral, isOperator, meets, some, type Verdict } from "../../../preflight/iam/conditions";
import { matches } from "../../../preflight/iam/document";
import { overlap } from "../../../preflight/iam/glob";

const context = {
  "aws:sourceaccount": "123456789012",
  "aws:sourcearn": "arn:aws:sns:eu-central-1:123456789012:alerts",
  "aws:securetransport": "true",
  "s3:max-keys": "10",
  "aws:absent": undefined,
};

const rows: [operator: string, key: string, values: string[], answer: Verdict][] = [
  ["StringEquals", "aws:SourceAccount", ["123456789012"], "yes"],
  ["StringEquals", "AWS:SOURCEACCOUNT", ["1", "123456789012"], "yes"],
  ["StringEquals", "aws:SourceAccount", ["1"], "no"],
  ["StringNotEquals", "aws:SourceAccount", ["1"], "yes"],
  ["StringNotEquals", "aws:SourceAccount", ["1", "123456789012"], "no"],
  ["StringEqualsIgnoreCase", "aws:SecureTransport", ["TRUE"], "yes"],
  ["StringNotEqualsIgnoreCase", "aws:SecureTransport", ["TRUE"], "no"],
  ["StringLike", "aws:SourceAccount", ["12345*"], "yes"],
  ["StringNotLike", "aws:SourceAccount", ["12345*"], "no"],
  ["ArnLike", "aws:SourceArn", ["arn:aws:sns:*:123456789012:al?rts"], "yes"],
  ["ArnEquals", "aws:SourceArn", ["arn:aws:sns:*:*:alerts"], "yes"],
  ["ArnLike", "aws:SourceArn", ["arn:aws:sns:*:alerts"], "no"],
  ["ArnNotLike", "aws:SourceArn", ["arn:aws:sqs:*:*:*"], "yes"],
  ["ArnNotEquals", "aws:SourceArn", ["arn:aws:sns:*:*:*"], "no"],
  ["Bool", "aws:SecureTransport", ["true"], "yes"],
  ["Bool", "aws:SecureTransport", ["false"], "no"],
  ["NumericEquals", "s3:max-keys", ["10"], "yes"],
  ["NumericNotEquals", "s3:max-keys", ["10"], "no"],
  ["NumericLessThan", "s3:max-keys", ["10"], "no"],
  ["NumericLessThanEquals", "s3:max-keys", ["10"], "yes"],
  ["NumericGreaterThan", "s3:max-keys", ["9"], "yes"],
  ["NumericGreaterThanEquals", "s3:max-keys", ["11"], "no"],
  ["Null", "aws:absent", ["true"], "yes"],
  ["Null", "aws:SourceAccount", ["true"], "no"],
  ["StringEquals", "aws:absent", ["x"], "no"],
  ["StringEqualsIfExists", "aws:absent", ["x"], "yes"],
  ["StringNotEquals", "aws:absent", ["x"], "yes"],
  ["ForAllValues:StringEquals", "aws:absent", ["x"], "yes"],
  ["ForAnyValue:StringEquals", "aws:absent", ["x"], "no"],
  ["ForAnyValue:StringNotEquals", "aws:absent", ["x"], "no"],
  ["StringEquals", "aws:NotModeled", ["x"], "maybe"],
  ["StringEquals", "aws:SourceAccount", ["${aws:PrincipalAccount}"], "maybe"],
  ["IpAddress", "aws:SourceAccount", ["10.0.0.0/8"], "maybe"],
];

describe("A condition of a policy", () => {
  for (const [operator, key, values, answer] of rows)
    it(`of ${operator} on ${key} with ${values.join(", ")} is met: ${answer}`, () =>
      assert.equal(meets({ operator, key, values }, context), answer));

  it("has an operator that IAM knows", () => {
    for (const operator of ["StringLikeIfExists", "ForAllValues:StringLike", "Null", "DateLessThan", "BinaryEquals"])
      assert.ok(isOperator(operator));
    for (const operator of ["StringIs", "stringEquals", "constructor", ""]) assert.ok(!isOperator(operator), operator);
  });

  it("compares literally or by pattern", () => {
    assert.deepEqual(["StringEqualsIfExists", "ForAnyValue:StringNotEquals", "StringLike", "ArnEquals"].map(isLiteral), [
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("Verdicts", () => {
  it("combine by and, and by or", () => {
    assert.deepEqual([every([]), every(["yes", "maybe"]), every(["maybe", "no"])], ["yes", "maybe", "no"]);
    assert.deepEqual([some([]), some(["no", "maybe"]), some(["maybe", "yes"])], ["no", "maybe", "yes"]);
  });
});

describe("Patterns", () => {
  it("have escaped wildcards: the asterisk in `${*}` is literal", () => {
    for (const [pattern, value, answer] of [
      ["a/${*}", "a/*", true],
      ["a/${*}", "a/b", false],
      ["a/*/b/${*}", "a/1/b/*", true],
      ["a/${?}", "a/b", false],
      ["a/${$}", "a/$", true],
    ] as const)
      assert.equal(matches(pattern, value), answer, pattern);
  });

  const letters = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 8 });

  it("overlap with each text that they match", () => {
    fc.assert(fc.property(pattern, letters, (one, text) => overlap(one, text) === matches(one, text)));
  });

  it("overlap if both match one text", () => {
    fc.assert(
      fc.property(pattern, pattern, letters, (one, other, text) => !(matches(one, text) && matches(other, text)) || overlap(one, other)),
    );
  });

  it("overlap in either order", () => {
    fc.assert(fc.property(pattern, pattern, (one, other) => overlap(one, other) === overlap(other, one)));
  });

  it("match every other character literally", () => {
    assert.ok(matches("a.b+(c)", "a.b+(c)") && !matches("a.b", "axb"));
    assert.ok(matches("SQS:Send*", "sqs:SendMessage", { ignoreCase: true }) && !matches("SQS:Send*", "sqs:SendMessage"));
  });
});
