import * as assert from "node:assert/strict";
import { calls, callsOf } from "../../ci-roles/calls";
import { actionsWithoutResource, describedTogether } from "../../ci-roles/deploy";
import { deployPolicies } from "../../ci-roles/rolePolicies";
import { Type } from "../../preflight/graph/types";
import { actionsOf } from "../../preflight/iam/catalog";
import type { RequestContext } from "../../preflight/iam/conditions";
import { parseStatements, type Statement } from "../../preflight/iam/document";
import {
  accountId,
  arnsOf,
  captureAccess,
  decision,
  everything,
  guesses,
  isAbout,
  madeIn,
  reached,
  region,
  statementsOfRole,
  tagTold,
  untagged,
} from "../helpers/access";
import { program, type Program } from "../../testbed/program";

describe("The role that deploys a stack", () => {
  const others = [
    ["dev", "prod"],
    ["prod", "dev"],
    ["dev", "my-dev"],
    ["my-dev", "dev"],
    ["dev", "dev-2"],
    ["dev-2", "dev"],
  ];
  for (const [own, other] of others)
    it(`cannot use another stack's resources: ${own} those of ${other}`, async () => {
      const access = await captureAccess({ stacks: JSON.stringify([own, other]) });
      const statements = statementsOfRole(access, `deploy-${own}`);
      const resources = await program(everything, { stack: other });
      const found = reached(statements, resources, other, guesses(own));
      // These actions only describe, and AWS allows them only on `*`.
      assert.deepEqual(
        found.filter((action) => !action.startsWith("ec2:Describe")),
        describedTogether,
      );
    });

  it("can do anything with its own resources", async () => {
    const access = await captureAccess();
    const found = reached(statementsOfRole(access, "deploy-dev"), await program(everything), "dev", guesses("dev"));
    for (const action of ["dynamodb:DeleteTable", "kms:ScheduleKeyDeletion", "apigateway:PATCH", "secretsmanager:DeleteSecret"])
      assert.ok(found.includes(action), action);
  });

  describe("can do everything that its own resources require", () => {
    /** Actions for the domain, which require a domain in the stack's file. */
    const ofDomain = /^(acm|route53):/;
    let statements: Statement[];
    let resources: Program;
    before(async () => {
      statements = statementsOfRole(await captureAccess(), "deploy-dev");
      resources = await program(everything);
    });

    /** Tries a request that creates, with its tag in the request, and one for an existing resource, with the resource's tag. */
    function isAllowed(action: string, arn: string, tag: string | undefined): boolean {
      const contexts = [
        { "aws:requesttag/environment": "dev", "aws:resourcetag/environment": undefined },
        { "aws:requesttag/environment": undefined, ...tagTold(action, arn, tag) },
      ];
      return contexts.some((context) => passes(action, arn, context));
    }

    const passes = (action: string, arn: string, context: RequestContext) =>
      guesses("dev").some((guess) => decision(statements, action, arn, { ...guess, ...context }) === "yes");

    it("for every type", () => {
      for (const resource of resources.resources) {
        if (!/^awsx?:/.test(resource.type)) continue;
        const { read, write } = callsOf(resource.type);
        const tag = untagged.includes(resource.type) ? undefined : "dev";
        for (const action of [...read, ...write].filter((action) => !ofDomain.test(action))) {
          const there = arnsOf(resource).filter((arn) => !arn.includes("/tags/"));
          const made = action === "apigateway:POST" ? madeIn(resource).POST : action === "apigateway:PUT" ? madeIn(resource).PUT : [];
          const arns = [...there, ...made].filter((arn) => isAbout(action, arn));
          const places = arns.length > 0 ? arns : ["*"];
          for (const arn of action === "iam:PassRole" || action === "iam:GetRole" ? rolesOf(resources) : places)
            assert.ok(isAllowed(action, arn, tag), `${resource.type} ${resource.name}: ${action} on ${arn}`);
        }
      }
    });

    it("for a domain, if the stack's file names one", () => {
      const stack = { name: "dev", suffix: "dev", domain: "hooks.example.com", managesApiGatewayAccount: true, hasPrivateNetwork: true };
      const state = { bucketArn: "arn:aws:s3:::state", keyArn: `arn:aws:kms:${region}:${accountId}:key/1` };
      const { network } = deployPolicies({ partition: "aws", account: accountId, region }, state, stack);
      const allowed = parseStatements({ ...network });
      const change = (name: string) =>
        decision(allowed, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", {
          "route53:changeresourcerecordsetsnormalizedrecordnames": name,
        });
      assert.deepEqual(["hooks.example.com", "_proof.hooks.example.com", "hooks-prod.example.com", "example.com"].map(change), [
        "yes",
        "yes",
        "no",
        "no",
      ]);
      const certificate = `arn:aws:acm:${region}:${accountId}:certificate/1`;
      for (const action of calls[Type.certificate].write)
        assert.equal(
          decision(allowed, action, certificate, { "aws:requesttag/environment": "dev", "aws:resourcetag/environment": "dev" }),
          "yes",
          action,
        );
    });
  });

  it("knows the provider's actions for every resource type, and AWS knows each action", async () => {
    for (const { type } of (await program(everything)).resources) if (/^awsx?:/.test(type)) callsOf(type);
    for (const action of Object.values(calls).flatMap(({ read, write }) => [...read, ...write])) {
      const [service, name] = action.split(":");
      assert.equal(actionsOf(service)[name.toLowerCase()]?.name, name, action);
    }
  });

  it("uses `*` only for actions that AWS cannot limit", () => {
    for (const action of actionsWithoutResource) {
      const [service, name] = action.split(":");
      assert.deepEqual(actionsOf(service)[name.toLowerCase()].resourceTypes, [], action);
    }
  });
});

const rolesOf = (resources: Program) => resources.all(Type.role).map(({ outputs }) => String(outputs.arn));
