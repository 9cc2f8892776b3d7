import * as assert from "node:assert/strict";
import type { GraphResource } from "../../../graph/resource";
import { Type } from "../../../graph/types";
import { Graph } from "../../../preflight/graph";
import { identityPolicies, resourcePolicy } from "../../../preflight/iam/access";
import { managedStatements } from "../../../preflight/iam/managed";
import { Patient } from "../../helpers/patient";

const document = (Action: string) => JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } });
const actionsOf = ({ sources }: { sources: { statements: { actions: string[] | undefined }[] }[] }) =>
  sources.flatMap(({ statements }) => statements.flatMap(({ actions }) => actions ?? []));

describe("The policies of a role", () => {
  const patient = new Patient([]);
  const role = patient.add(
    Type.role,
    "worker",
    {
      name: "worker",
      inlinePolicies: [{ name: "own", policy: document("sqs:GetQueueUrl") }],
      managedPolicyArns: ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"],
    },
    { arn: "arn:aws:iam::123456789012:role/worker", id: "worker" },
  );
  patient.add(Type.rolePolicy, "inline", { role: "worker", policy: document("sqs:SendMessage") });
  const managed = "arn:aws:iam::123456789012:policy/mine";
  patient.add("aws:iam/policy:Policy", "mine", { policy: document("sqs:ReceiveMessage") }, { arn: managed });
  patient.add(Type.rolePolicyAttachment, "mine", { role: "worker", policyArn: managed });
  patient.add(Type.rolePolicy, "another", { role: "somebody", policy: document("sqs:DeleteQueue") });

  it("are inline ones, attached ones, those that it lists and those that it has itself", () => {
    const policies = identityPolicies(new Graph(patient.resources), role);
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
      (graph: Patient) => graph.add(Type.rolePolicyAttachment, "x", { role: "worker", policyArn: "arn:aws:iam::aws:policy/x" }),
    ],
    ["is known only after deployment", (graph: Patient) => graph.add(Type.rolePolicy, "x", { role: "worker", policy: "[unknown]" })],
    [
      "is no JSON",
      (graph: Patient) => graph.one(Type.role).inputs.inlinePolicies && graph.set(Type.role, "inlinePolicies", [{ policy: "{" }]),
    ],
  ] as [string, (graph: Patient) => GraphResource][])
    it(`are not all known where one ${what}`, () => {
      const copy = new Patient(patient.resources);
      change(copy);
      assert.ok(!identityPolicies(new Graph(copy.resources), copy.one(Type.role)).complete);
    });
});

describe("AWS's own policies", () => {
  it("are known by their ARN in any partition, with a path or without", () => {
    assert.ok(managedStatements("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"));
    assert.ok(managedStatements("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"));
  });

  it("are not known if they are others, or nobody's", () => {
    for (const arn of ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::123456789012:policy/AWSXRayDaemonWriteAccess", "x"])
      assert.equal(managedStatements(arn), undefined, arn);
  });
});

describe("The policy of a resource", () => {
  it("is what is given for it, or nothing", () => {
    const patient = new Patient([]);
    const queue = patient.add(
      Type.queue,
      "jobs",
      { name: "jobs", policy: document("sqs:SendMessage") },
      { url: "https://jobs", arn: "arn:jobs" },
    );
    patient.add(Type.queuePolicy, "jobs", { queueUrl: "https://jobs", policy: document("sqs:ReceiveMessage") });
    const table = patient.add(Type.table, "events", { name: "events" });
    const graph = new Graph(patient.resources);
    assert.deepEqual(actionsOf(resourcePolicy(graph, queue)), ["sqs:SendMessage", "sqs:ReceiveMessage"]);
    assert.deepEqual(resourcePolicy(graph, table), { sources: [], complete: true });
  });

  it("of a function are its permissions, of a service or of an account", () => {
    const patient = new Patient([]);
    const target = patient.add(Type.function, "f", { name: "f" }, { arn: "arn:aws:lambda:eu-central-1:123456789012:function:f" });
    const permission = { function: "f", action: "lambda:InvokeFunction" };
    patient.add(Type.permission, "a", { ...permission, principal: "s3.amazonaws.com", sourceAccount: "123456789012", sourceArn: "arn:x" });
    patient.add(Type.permission, "b", { ...permission, principal: "999999999999", qualifier: "live" });
    const { sources } = resourcePolicy(new Graph(patient.resources), target);
    assert.deepEqual(
      sources.flatMap(({ statements }) =>
        statements.map(({ principals, resources, conditions }) => [principals![0].kind, resources![0], conditions.length]),
      ),
      [
        ["Service", target.outputs.arn, 2],
        ["AWS", `${String(target.outputs.arn)}:live`, 0],
      ],
    );
    patient.add(Type.permission, "c", { ...permission, principal: "[unknown]" });
    assert.ok(!resourcePolicy(new Graph(patient.resources), target).complete);
  });
});
