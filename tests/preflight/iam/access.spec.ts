import * as assert from "node:assert/strict";
import type { GraphResource } from "../../../preflight/graph/resource";
import { Type } from "../../../preflight/graph/types";
import { Graph } from "../../../preflight/graph/graph";
import { identityPolicies, resourcePolicy } from "../../../preflight/iam/access";
import { managedStatements } from "../../../preflight/iam/managed";
import { BrokenGraph } from "../../helpers/brokenGraph";

const document = (Action: string) => JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } });
const actionsOf = ({ sources }: { sources: { statements: { actions: string[] | undefined }[] }[] }) =>
  sources.flatMap(({ statements }) => statements.flatMap(({ actions }) => actions ?? []));

describe("The policies of a role", () => {
  const broken = new BrokenGraph([]);
  const role = broken.add(
    Type.role,
    "worker",
    {
      name: "worker",
      inlinePolicies: [{ name: "own", policy: document("sqs:GetQueueUrl") }],
      managedPolicyArns: ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"],
    },
    { arn: "arn:aws:iam::123456789012:role/worker", id: "worker" },
  );
  broken.add(Type.rolePolicy, "inline", { role: "worker", policy: document("sqs:SendMessage") });
  const managed = "arn:aws:iam::123456789012:policy/mine";
  broken.add("aws:iam/policy:Policy", "mine", { policy: document("sqs:ReceiveMessage") }, { arn: managed });
  broken.add(Type.rolePolicyAttachment, "mine", { role: "worker", policyArn: managed });
  broken.add(Type.rolePolicy, "another", { role: "somebody", policy: document("sqs:DeleteQueue") });

  it("are inline policies, attached policies, and those in the role's own inputs", () => {
    const policies = identityPolicies(new Graph(broken.resources), role);
    assert.ok(policies.complete);
    assert.deepEqual(
      actionsOf(policies).filter((action) => !action.startsWith("xray:")),
      ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:GetQueueUrl"],
    );
    assert.ok(actionsOf(policies).includes("xray:PutTraceSegments"));
  });

  for (const [what, change] of [
    [
      "is attached from elsewhere",
      (graph: BrokenGraph) => graph.add(Type.rolePolicyAttachment, "x", { role: "worker", policyArn: "arn:aws:iam::aws:policy/x" }),
    ],
    ["is known only after deployment", (graph: BrokenGraph) => graph.add(Type.rolePolicy, "x", { role: "worker", policy: "[unknown]" })],
    [
      "is not JSON",
      (graph: BrokenGraph) => graph.one(Type.role).inputs.inlinePolicies && graph.set(Type.role, "inlinePolicies", [{ policy: "{" }]),
    ],
  ] as [string, (graph: BrokenGraph) => GraphResource][])
    it(`are not all known if one ${what}`, () => {
      const copy = new BrokenGraph(broken.resources);
      change(copy);
      assert.ok(!identityPolicies(new Graph(copy.resources), copy.one(Type.role)).complete);
    });
});

describe("AWS-managed policies", () => {
  it("are found by their ARN in any partition, with or without a path", () => {
    assert.ok(managedStatements("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"));
    assert.ok(managedStatements("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"));
  });

  it("are not found by an unknown ARN or a customer's", () => {
    for (const arn of ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::123456789012:policy/AWSXRayDaemonWriteAccess", "x"])
      assert.equal(managedStatements(arn), undefined, arn);
  });
});

describe("The policy of a resource", () => {
  it("combines its own input and separate resources, and can be missing", () => {
    const broken = new BrokenGraph([]);
    const queue = broken.add(
      Type.queue,
      "jobs",
      { name: "jobs", policy: document("sqs:SendMessage") },
      { url: "https://jobs", arn: "arn:jobs" },
    );
    broken.add(Type.queuePolicy, "jobs", { queueUrl: "https://jobs", policy: document("sqs:ReceiveMessage") });
    const table = broken.add(Type.table, "events", { name: "events" });
    const graph = new Graph(broken.resources);
    assert.deepEqual(actionsOf(resourcePolicy(graph, queue)), ["sqs:SendMessage", "sqs:ReceiveMessage"]);
    assert.deepEqual(resourcePolicy(graph, table), { sources: [], complete: true });
  });

  it("consists of permissions for a function", () => {
    const broken = new BrokenGraph([]);
    const target = broken.add(Type.function, "f", { name: "f" }, { arn: "arn:aws:lambda:eu-central-1:123456789012:function:f" });
    const permission = { function: "f", action: "lambda:InvokeFunction" };
    broken.add(Type.permission, "a", { ...permission, principal: "s3.amazonaws.com", sourceAccount: "123456789012", sourceArn: "arn:x" });
    broken.add(Type.permission, "b", { ...permission, principal: "999999999999", qualifier: "live" });
    const { sources } = resourcePolicy(new Graph(broken.resources), target);
    assert.deepEqual(
      sources.flatMap(({ statements }) =>
        statements.map(({ principals, resources, conditions }) => [principals![0].kind, resources![0], conditions.length]),
      ),
      [
        ["Service", target.outputs.arn, 2],
        ["AWS", `${String(target.outputs.arn)}:live`, 0],
      ],
    );
    broken.add(Type.permission, "c", { ...permission, principal: "[unknown]" });
    assert.ok(!resourcePolicy(new Graph(broken.resources), target).complete);
  });
});
