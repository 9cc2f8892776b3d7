import * as assert from "node:assert/strict";
import { parseStatements, type Statement } from "../../../preflight/iam/document";
import { decide, identityOpinion, resourceOpinion, type IamRequest } from "../../../preflight/iam/evaluate";

const role = "arn:aws:iam::123456789012:role/worker";
const queue = "arn:aws:sqs:eu-central-1:123456789012:jobs";
const key = "arn:aws:kms:eu-central-1:123456789012:key/1";
const send: IamRequest = { action: "sqs:SendMessage", resource: queue, caller: { role }, context: {} };
const decrypt: IamRequest = { action: "kms:Decrypt", resource: key, caller: { role }, context: {} };
const asService = (request: IamRequest): IamRequest => ({ ...request, caller: { service: "sns.amazonaws.com" } });

const policy = (...statements: object[]): Statement[] => parseStatements({ Statement: statements });
const allow = (Action: unknown, Resource?: unknown, more: object = {}) => ({ Effect: "Allow", Action, Resource, ...more });
const deny = (Action: unknown, Resource?: unknown, more: object = {}) => ({ ...allow(Action, Resource, more), Effect: "Deny" });

/** What the role's own policies and the resource's say together. */
function decision(request: IamRequest, own: object[], ofResource?: object[]) {
  return decide(request, identityOpinion(policy(...own), request), ofResource && resourceOpinion(policy(...ofResource), request));
}

describe("IAM's decision", () => {
  const root = { Principal: { AWS: "arn:aws:iam::123456789012:root" } };

  for (const [what, request, own, ofResource, expected] of [
    ["nothing is allowed by default", send, [], undefined, "no"],
    ["a role is allowed by its own policy", send, [allow("sqs:SendMessage", queue)], undefined, "yes"],
    ["actions are compared without regard to case", send, [allow("SQS:sendmessage", queue)], undefined, "yes"],
    ["patterns stand for actions and resources", send, [allow("sqs:Send*", "arn:aws:sqs:*:*:jo?s")], undefined, "yes"],
    ["another resource is not meant", send, [allow("sqs:SendMessage", `${queue}-other`)], undefined, "no"],
    ["NotAction allows the rest", send, [allow(undefined, "*", { NotAction: "sqs:DeleteQueue" })], undefined, "yes"],
    ["NotAction leaves out what it names", send, [allow(undefined, "*", { NotAction: "sqs:*" })], undefined, "no"],
    ["NotResource leaves out what it names", send, [allow("sqs:*", undefined, { NotResource: queue })], undefined, "no"],
    ["an explicit denial wins", send, [allow("*", "*"), deny("sqs:*", "*")], undefined, "no"],
    ["a role is allowed by the resource's policy", send, [], [allow("sqs:*", queue, { Principal: { AWS: role } })], "yes"],
    ["everybody is a principal, too", send, [], [allow("sqs:*", queue, { Principal: "*" })], "yes"],
    ["NotPrincipal denies to all others", send, [allow("*", "*")], [deny("sqs:*", "*", { NotPrincipal: { AWS: `${role}-2` } })], "no"],
    ["the resource's denial wins as well", send, [allow("*", "*")], [deny("sqs:*", "*", { Principal: { AWS: role } })], "no"],
    ["the account's root does not name a role of a queue", send, [], [allow("sqs:*", queue, root)], "no"],
    [
      "a service needs the resource's policy",
      asService(send),
      [],
      [allow("sqs:*", queue, { Principal: { Service: "sns.amazonaws.com" } })],
      "yes",
    ],
    ["another service is not meant", asService(send), [], [allow("sqs:*", queue, { Principal: { Service: "s3.amazonaws.com" } })], "no"],
    ["of a resource elsewhere nothing is known", asService(send), [], undefined, "maybe"],
    ["a key's policy may leave it to the account's IAM", decrypt, [allow("kms:Decrypt", key)], [allow("kms:*", "*", root)], "yes"],
    ["then the role needs it by its own policy", decrypt, [], [allow("kms:*", "*", root)], "no"],
    ["without the key's policy the role's does not count", decrypt, [allow("kms:*", "*")], [], "no"],
    ["a key's policy may name the role itself", decrypt, [], [allow("kms:Decrypt", "*", { Principal: { AWS: role } })], "yes"],
    [
      "an account's number is its root",
      decrypt,
      [allow("kms:*", "*")],
      [allow("kms:*", "*", { Principal: { AWS: "123456789012" } })],
      "yes",
    ],
    ["a key elsewhere is left to the role's policy", decrypt, [allow("kms:*", key)], undefined, "yes"],
    [
      "a condition that may hold makes it uncertain",
      send,
      [allow("sqs:*", "*", { Condition: { StringEquals: { "aws:NotModeled": "x" } } })],
      undefined,
      "maybe",
    ],
    [
      "a denial that may hold is no denial",
      send,
      [allow("sqs:*", "*"), deny("sqs:*", "*", { Condition: { StringEquals: { "aws:NotModeled": "x" } } })],
      undefined,
      "yes",
    ],
  ] as [string, IamRequest, object[], object[] | undefined, string][])
    it(`is that ${what}`, () => assert.equal(decision(request, own, ofResource), expected));
});
