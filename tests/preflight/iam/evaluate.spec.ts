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

/** Decides on a request by the role's own policies and the resource's. */
function decision(request: IamRequest, own: object[], ofResource?: object[]) {
  return decide(request, identityOpinion(policy(...own), request), ofResource && resourceOpinion(policy(...ofResource), request));
}

describe("IAM's decision", () => {
  const root = { Principal: { AWS: "arn:aws:iam::123456789012:root" } };

  for (const [what, request, own, ofResource, expected] of [
    ["nothing is allowed by default", send, [], undefined, "no"],
    ["a role is allowed by its own policy", send, [allow("sqs:SendMessage", queue)], undefined, "yes"],
    ["actions are compared regardless of case", send, [allow("SQS:sendmessage", queue)], undefined, "yes"],
    ["patterns match actions and resources", send, [allow("sqs:Send*", "arn:aws:sqs:*:*:jo?s")], undefined, "yes"],
    ["a permission does not cover another resource", send, [allow("sqs:SendMessage", `${queue}-other`)], undefined, "no"],
    ["NotAction allows the rest", send, [allow(undefined, "*", { NotAction: "sqs:DeleteQueue" })], undefined, "yes"],
    ["NotAction excludes the actions that it names", send, [allow(undefined, "*", { NotAction: "sqs:*" })], undefined, "no"],
    ["NotResource excludes the resources that it names", send, [allow("sqs:*", undefined, { NotResource: queue })], undefined, "no"],
    ["an explicit denial wins", send, [allow("*", "*"), deny("sqs:*", "*")], undefined, "no"],
    ["a role is allowed by the resource's policy", send, [], [allow("sqs:*", queue, { Principal: { AWS: role } })], "yes"],
    ["the principal * covers everyone", send, [], [allow("sqs:*", queue, { Principal: "*" })], "yes"],
    ["NotPrincipal denies everyone else", send, [allow("*", "*")], [deny("sqs:*", "*", { NotPrincipal: { AWS: `${role}-2` } })], "no"],
    ["a denial in the resource's policy wins, too", send, [allow("*", "*")], [deny("sqs:*", "*", { Principal: { AWS: role } })], "no"],
    ["the account's root in a queue's policy does not cover a role", send, [], [allow("sqs:*", queue, root)], "no"],
    [
      "a service needs the resource's policy",
      asService(send),
      [],
      [allow("sqs:*", queue, { Principal: { Service: "sns.amazonaws.com" } })],
      "yes",
    ],
    [
      "a permission does not cover another service",
      asService(send),
      [],
      [allow("sqs:*", queue, { Principal: { Service: "s3.amazonaws.com" } })],
      "no",
    ],
    ["nothing is known about a resource outside the graph", asService(send), [], undefined, "maybe"],
    ["a key's policy can delegate to the account's IAM", decrypt, [allow("kms:Decrypt", key)], [allow("kms:*", "*", root)], "yes"],
    ["a role needs its own policy if the key's policy delegates", decrypt, [], [allow("kms:*", "*", root)], "no"],
    ["a role's policy does not count without the key's", decrypt, [allow("kms:*", "*")], [], "no"],
    ["a key's policy can name the role itself", decrypt, [], [allow("kms:Decrypt", "*", { Principal: { AWS: role } })], "yes"],
    [
      "an account's ID means its root",
      decrypt,
      [allow("kms:*", "*")],
      [allow("kms:*", "*", { Principal: { AWS: "123456789012" } })],
      "yes",
    ],
    ["the role's policy decides for a key outside the graph", decrypt, [allow("kms:*", key)], undefined, "yes"],
    [
      "an unknown condition makes the decision uncertain",
      send,
      [allow("sqs:*", "*", { Condition: { StringEquals: { "aws:NotModeled": "x" } } })],
      undefined,
      "maybe",
    ],
    [
      "an uncertain denial does not count",
      send,
      [allow("sqs:*", "*"), deny("sqs:*", "*", { Condition: { StringEquals: { "aws:NotModeled": "x" } } })],
      undefined,
      "yes",
    ],
  ] as [string, IamRequest, object[], object[] | undefined, string][])
    it(`is that ${what}`, () => assert.equal(decision(request, own, ofResource), expected));
});
