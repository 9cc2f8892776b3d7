import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { accessOf, decision, everything, inAccount, isAbout, reached } from "../helpers/access";
import { program, statementsOf } from "../../testbed/program";

describe("The boundary of a stack's roles", () => {
  /** Resources that EC2 checks when an interface is created: the interface, which has no tag, its subnet and its security group. */
  const asked: [arn: string, tag: string | undefined][] = [
    [inAccount("ec2", "subnet/subnet-1"), "dev"],
    [inAccount("ec2", "security-group/sg-1"), "dev"],
    [inAccount("ec2", "network-interface/eni-1"), undefined],
  ];

  it("allows everything that the program allows its roles", async () => {
    const { boundary } = accessOf({ hasPrivateNetwork: true });
    for (const workflowType of ["EXPRESS", "STANDARD"]) {
      const resources = await program({ ...everything, workflowType });
      for (const { inputs } of resources.all(Type.rolePolicy))
        for (const { Effect, Action, Resource, Sid } of statementsOf(inputs.policy))
          for (const action of Effect === "Allow" ? [Action].flat() : [])
            for (const resource of [Resource!].flat()) {
              const parts = asked.filter(([part]) => isAbout(action, part));
              for (const [place, tag] of parts.length > 0 ? parts : [[resource, "dev"] as const])
                assert.equal(
                  decision(boundary, action, place, { "aws:resourcetag/environment": tag, "lambda:sourcefunctionarn": undefined }),
                  "yes",
                  `${String(inputs.name)} ${Sid}: ${action} on ${place}`,
                );
            }
    }
  });

  it("allows API Gateway to write the logs of any API, if the stack owns the account's logging role", () => {
    const [owner, other] = [true, false].map((managesApiGatewayAccount) => accessOf({ managesApiGatewayAccount }).boundary);
    for (const group of ["API-Gateway-Execution-Logs_abc/webhook-api-prod", "/aws/apigateway/orders"]) {
      const writes = (boundary: typeof owner) =>
        decision(boundary, "logs:PutLogEvents", inAccount("logs", `log-group:${group}:log-stream:1`), {});
      assert.deepEqual([owner, other].map(writes), ["yes", "no"]);
    }
  });

  it("allows network interfaces only in the stack's private network, and only to Lambda, not to the code", () => {
    const hasAny = ({ boundary }: ReturnType<typeof accessOf>) => boundary.some(({ actions }) => /ec2:/.test(String(actions)));
    assert.deepEqual([hasAny(accessOf()), hasAny(accessOf({ hasPrivateNetwork: true }))], [false, true]);
    const { boundary } = accessOf({ hasPrivateNetwork: true });
    const may = (action: string, part: string, tag: string | undefined, code?: string) =>
      decision(boundary, action, part, { "aws:resourcetag/environment": tag, "lambda:sourcefunctionarn": code });
    for (const [part, own] of asked) {
      assert.equal(may("ec2:CreateNetworkInterface", part, own), "yes", part);
      assert.equal(may("ec2:CreateNetworkInterface", part, "prod"), "no", part);
      assert.equal(may("ec2:CreateNetworkInterface", part, own, inAccount("lambda", "function:webhook-process-dev")), "no", part);
    }
    const [subnet] = asked[0];
    assert.equal(may("ec2:CreateNetworkInterface", subnet, undefined), "no", "a subnet without a tag");
    assert.equal(may("ec2:DeleteNetworkInterface", inAccount("ec2", "network-interface/eni-2"), "prod"), "no");
  });

  /** Actions that AWS allows only on `*`, with the reason why the stack's roles need them. */
  const onEverything: Record<string, string> = {
    "dynamodb:ListStreams": "the pipe finds the table's stream",
    "ec2:DescribeNetworkInterfaces": "Lambda finds the interfaces that it created",
    "ec2:DescribeSubnets": "Lambda finds the subnets",
    "events:ListRules": "the reconciler finds what a listen has left",
    "lambda:ListEventSourceMappings": "deliver finds the mapping of a destination",
    "logs:*LogDelivery": "log delivery of state machine and pipe",
    "logs:DescribeLogGroups": "the same",
    "logs:DescribeResourcePolicies": "the same",
    "logs:ListLogDeliveries": "the same",
    "logs:PutResourcePolicy": "the same",
    "xray:GetSamplingRules": "traces",
    "xray:GetSamplingStatisticSummaries": "traces",
    "xray:GetSamplingTargets": "traces",
    "xray:PutTelemetryRecords": "traces",
    "xray:PutTraceSegments": "traces",
  };
  it("allows only accepted actions on `*`", () => {
    const { boundary } = accessOf({ hasPrivateNetwork: true });
    const allowed = boundary.filter(({ resources }) => resources?.includes("*")).flatMap(({ actions }) => actions!);
    assert.deepEqual([...allowed].sort(), Object.keys(onEverything));
  });

  for (const [own, other] of [
    ["dev", "prod"],
    ["dev", "my-dev"],
  ])
    it(`does not allow ${own} to use resources of ${other}, except to write an API's logs`, async () => {
      const resources = await program(everything, { stack: other });
      const { boundary } = accessOf({ hasPrivateNetwork: true });
      assert.deepEqual(reached(boundary, resources, other, [{ "lambda:sourcefunctionarn": undefined }]), [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
      ]);
    });
});
