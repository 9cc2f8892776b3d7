import * as assert from "node:assert/strict";
import { calls } from "../access/calls";
import { aboutNothing, describedTogether } from "../access/deploy";
import { deployPolicies } from "../access/policies";
import { Type } from "../graph/types";
import { actionsOf } from "../policy/iam/catalogue";
import type { RequestContext } from "../policy/iam/conditions";
import { parseStatements, type Statement } from "../policy/iam/document";
import {
  accountId,
  actionsOfServices,
  arnsOf,
  boundaryOf,
  captureAccess,
  decision,
  guesses,
  isAbout,
  madeIn,
  region,
  statementsOfRole,
  untagged,
} from "./helpers/access";
import { guarded, program, statementsOf, type Program } from "./helpers/graph";

const everything = {
  ...guarded,
  providers: ["stripe", "paypal"],
  alertSubscriptions: [{ protocol: "email", endpoint: "oncall@example.com" }],
};
/** Which actions a set of statements allows on the resources of a stack, whatever is said in the request; the settings of API Gateway are the
 * account's. */
function reached(statements: Statement[], resources: Program, environment: string, contexts: RequestContext[]): string[] {
  const actions = actionsOfServices(statements);
  const allowed = statements.filter(({ effect }) => effect === "Allow").map((one) => ({ ...one, conditions: [] }));
  const isReached = (action: string, arn: string, tag: string | undefined) =>
    contexts.some((context) => decision(statements, action, arn, { "aws:resourcetag/environment": tag, ...context }) !== "no");
  const found = new Set<string>();
  for (const resource of resources.resources.filter(({ type }) => type !== Type.account)) {
    const tag = untagged.includes(resource.type) ? undefined : environment;
    for (const arn of arnsOf(resource))
      for (const action of actions)
        if (!found.has(action) && isAbout(action, arn) && decision(allowed, action, arn, {}) !== "no" && isReached(action, arn, tag))
          found.add(action);
  }
  return [...found].sort();
}

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
    it(`does nothing with what another has: ${own} of ${other}`, async () => {
      const access = await captureAccess({ stacks: JSON.stringify([own, other]) });
      const statements = statementsOfRole(access, `deploy-${own}`);
      const resources = await program(everything, { stack: other });
      const found = reached(statements, resources, other, guesses(own));
      // AWS allows these on everything or not at all; they describe.
      assert.deepEqual(
        found.filter((action) => !action.startsWith("ec2:Describe")),
        describedTogether,
      );
    });

  it("does anything with its own", async () => {
    const access = await captureAccess();
    const found = reached(statementsOfRole(access, "deploy-dev"), await program(everything), "dev", guesses("dev"));
    for (const action of ["dynamodb:DeleteTable", "kms:ScheduleKeyDeletion", "apigateway:PATCH", "secretsmanager:DeleteSecret"])
      assert.ok(found.includes(action), action);
  });

  describe("may do all that its own resources take", () => {
    /** Calls of whatever belongs to the domain ask for a domain in the stack's file. */
    const ofDomain = /^(acm|route53):/;
    let statements: Statement[];
    let resources: Program;
    before(async () => {
      statements = statementsOfRole(await captureAccess(), "deploy-dev");
      resources = await program(everything);
    });

    /** Of what does not exist yet, nobody knows a tag; of what is there, a request says none. */
    function isAllowed(action: string, arn: string, tag: string | undefined): boolean {
      const contexts = [
        { "aws:requesttag/environment": "dev", "aws:resourcetag/environment": undefined },
        { "aws:requesttag/environment": undefined, "aws:resourcetag/environment": tag },
      ];
      return contexts.some((context) => passes(action, arn, context));
    }

    const passes = (action: string, arn: string, context: RequestContext) =>
      guesses("dev").some((guess) => decision(statements, action, arn, { ...guess, ...context }) === "yes");

    it("of every type", () => {
      for (const resource of resources.resources) {
        if (!/^awsx?:/.test(resource.type)) continue;
        const { read, write } = calls[resource.type];
        const tag = untagged.includes(resource.type) ? undefined : "dev";
        for (const action of [...read, ...write].filter((action) => !ofDomain.test(action))) {
          const isAsked = (arn: string) => isAbout(action, arn) && (action === "apigateway:PUT" || !arn.includes("/tags/"));
          const arns = [...arnsOf(resource), ...(action === "apigateway:POST" ? madeIn(resource) : [])].filter(isAsked);
          const places = arns.length > 0 ? arns : ["*"];
          for (const arn of action === "iam:PassRole" || action === "iam:GetRole" ? rolesOf(resources) : places)
            assert.ok(isAllowed(action, arn, tag), `${resource.type} ${resource.name}: ${action} on ${arn}`);
        }
      }
    });

    it("of a domain, where the stack's file names one", () => {
      const stack = { name: "dev", suffix: "dev", domain: "hooks.example.com", managesApiGatewayAccount: true };
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

  it("knows what the provider calls for every type of resource, by names that AWS has", async () => {
    for (const { type } of (await program(everything)).resources) assert.ok(!/^awsx?:/.test(type) || calls[type], type);
    for (const action of Object.values(calls).flatMap(({ read, write }) => [...read, ...write])) {
      const [service, name] = action.split(":");
      assert.equal(actionsOf(service)[name.toLowerCase()]?.name, name, action);
    }
  });

  it("asks for `*` only where AWS knows no narrower", () => {
    for (const action of aboutNothing) {
      const [service, name] = action.split(":");
      assert.deepEqual(actionsOf(service)[name.toLowerCase()].resourceTypes, [], action);
    }
  });
});

const rolesOf = (resources: Program) => resources.all(Type.role).map(({ outputs }) => String(outputs.arn));

describe("The boundary of a stack's roles", () => {
  it("holds all that the program gives its roles", async () => {
    const access = await captureAccess();
    const statements = boundaryOf(access, "dev");
    for (const workflowType of ["EXPRESS", "STANDARD"]) {
      const resources = await program({ ...everything, workflowType });
      for (const { inputs } of resources.all(Type.rolePolicy))
        for (const { Effect, Action, Resource, Sid } of statementsOf(inputs.policy))
          for (const action of Effect === "Allow" ? [Action].flat() : [])
            for (const resource of [Resource!].flat())
              assert.equal(
                decision(statements, action, resource, { "aws:resourcetag/environment": "dev" }),
                "yes",
                `${String(inputs.name)} ${Sid}: ${action} on ${resource}`,
              );
    }
  });

  it("lets API Gateway write the logs of any API of the account", async () => {
    const statements = boundaryOf(await captureAccess(), "dev");
    for (const group of ["API-Gateway-Execution-Logs_abc/webhook-api-prod", "/aws/apigateway/orders"])
      assert.equal(
        decision(statements, "logs:PutLogEvents", `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:1`, {}),
        "yes",
      );
  });

  for (const [own, other] of [
    ["dev", "prod"],
    ["dev", "my-dev"],
  ])
    it(`ends at the stack: ${own} uses nothing of ${other}, but for what AWS allows on everything alone`, async () => {
      const access = await captureAccess({ stacks: JSON.stringify([own, other]) });
      const resources = await program(everything, { stack: other });
      const found = reached(boundaryOf(access, own), resources, other, [{}]);
      const interfaces = found.filter((action) => action.startsWith("ec2:"));
      assert.deepEqual(
        found.filter((action) => !interfaces.includes(action)),
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "of an API's log groups",
      );
      assert.ok(
        interfaces.every((action) => /NetworkInterface|PrivateIpAddresses/.test(action)),
        String(interfaces),
      );
    });
});
