import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { equipped, program, statementsOf, type Program } from "../../testbed/program";
import { postedOrders } from "../helpers/destinations";

interface Endpoint {
  serviceName: string;
  vpcEndpointType: string;
  policy: string;
}
interface Egress {
  fromPort: number;
  toPort: number;
  cidrBlocks?: string[];
  prefixListIds?: string[];
}

describe("Network", () => {
  let withPayPal: Program;
  let withoutPayPal: Program;
  let delivering: Program;
  before(async () => {
    withPayPal = await program(equipped);
    withoutPayPal = await program({ ...equipped, sources: ["stripe", "square", "zoom", "vonage"] });
    delivering = await program({
      ...equipped,
      sources: ["stripe"],
      destinations: [postedOrders],
    });
  });
  const egress = (from: Program) => from.one(Type.securityGroup).inputs.egress as Egress[];

  it("exists only if configured", async () => {
    const dev = await program();
    assert.equal(dev.all(Type.vpc).length + dev.all(Type.securityGroup).length, 0);
    for (const { inputs } of dev.all(Type.function)) assert.equal(inputs.vpcConfig, undefined);
  });

  it("runs the functions in its private subnets", () => {
    const vpc = withPayPal.one(Type.vpc);
    for (const handler of ["receive", "process"]) {
      const { vpcConfig } = withPayPal.one(Type.function, `${handler}-function`).inputs as {
        vpcConfig: { subnetIds: string[]; securityGroupIds: string[] };
      };
      assert.equal(vpcConfig.subnetIds.length, 2);
      assert.match(vpcConfig.subnetIds[0], /^subnet-/);
      assert.deepEqual(vpcConfig.securityGroupIds, [withPayPal.one(Type.securityGroup).outputs.id]);
      assert.equal(withPayPal.one(Type.securityGroup).inputs.vpcId, vpc.outputs.vpcId);
      assert.ok(withPayPal.dependsOn(withPayPal.one(Type.function, `${handler}-function`), vpc));
    }
  });

  for (const handler of ["receive", "process", "deliver"])
    it(`lets Lambda, but not the code of ${handler}, create network interfaces`, () => keepsInterfacesFromCode(handler));

  function keepsInterfacesFromCode(handler: string): void {
    const statements = delivering.roleStatements(`webhook-${handler}-dev`);
    const manage = statements.find(({ Sid }) => Sid === "ManageNetworkInterfaces")!;
    const keep = statements.find(({ Sid }) => Sid === "KeepNetworkInterfacesFromCode")!;
    assert.deepEqual([manage.Action].flat().sort(), [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]);
    assert.equal(keep.Effect, "Deny");
    assert.deepEqual(keep.Action, manage.Action);
    assert.deepEqual(keep.Condition, {
      ArnEquals: { "lambda:SourceFunctionArn": `arn:aws:lambda:eu-central-1:123456789012:function:webhook-${handler}-dev` },
    });
  }

  it("has an endpoint for each service that the functions call, for this account only", () => {
    const endpoints = withPayPal.one(Type.vpc).inputs.vpcEndpointSpecs as Endpoint[];
    assert.deepEqual(
      endpoints.map(({ serviceName, vpcEndpointType }) => `${vpcEndpointType} ${serviceName}`),
      [
        "Gateway com.amazonaws.eu-central-1.dynamodb",
        "Gateway com.amazonaws.eu-central-1.s3",
        "Interface com.amazonaws.eu-central-1.secretsmanager",
        "Interface com.amazonaws.eu-central-1.sqs",
      ],
    );
    for (const { policy } of endpoints) {
      const [only, ...others] = statementsOf(policy);
      assert.equal(others.length, 0);
      assert.deepEqual(only.Condition, {
        StringEquals: { "aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012" },
      });
    }
    assert.equal(withPayPal.one(Type.vpc).inputs.vpcEndpointStrategy, "Auto");
  });

  it("has a NAT gateway only if PayPal or another source's keys are fetched", () => {
    const layout = ({ inputs }: { inputs: Record<string, unknown> }) => (inputs.subnetSpecs as { type: string }[]).map(({ type }) => type);
    assert.deepEqual(withPayPal.one(Type.vpc).inputs.natGateways, { strategy: "Single" });
    assert.deepEqual(withoutPayPal.one(Type.vpc).inputs.natGateways, { strategy: "None" });
    assert.deepEqual(layout(withPayPal.one(Type.vpc)), ["Private", "Public"]);
    assert.deepEqual(layout(withoutPayPal.one(Type.vpc)), ["Private"]);
  });

  for (const source of ["aws-sns", { provider: "google-pubsub", unsigned: true }])
    it(`has a NAT gateway for the keys of ${JSON.stringify(source)}`, async () => {
      const stack = await program({ ...equipped, sources: ["stripe", "zoom", source] });
      assert.deepEqual(stack.one(Type.vpc).inputs.natGateways, { strategy: "Single" });
      assert.deepEqual(egress(stack)[0].cidrBlocks, ["0.0.0.0/0"]);
    });

  describe("with a destination", () => {
    it("has a NAT gateway, and its fixed addresses as an output for the destination's firewall", () => {
      assert.deepEqual(delivering.one(Type.vpc).inputs.natGateways, { strategy: "Single" });
      assert.deepEqual(egress(delivering)[0].cidrBlocks, ["0.0.0.0/0"]);
      const [address] = delivering.one(Type.vpc).outputs.eips as { publicIp: string }[];
      for (const { outputs } of [delivering, withPayPal]) assert.deepEqual(outputs.egressAddresses, [address.publicIp]);
      assert.ok(!("egressAddresses" in withoutPayPal.outputs));
    });

    it("has neither if the destination is a queue that its consumers poll", async () => {
      const polled = await program({ ...equipped, sources: ["stripe"], destinations: [{ name: "ledger", type: "queue" }] });
      assert.deepEqual(polled.one(Type.vpc).inputs.natGateways, { strategy: "None" });
      assert.ok(!("egressAddresses" in polled.outputs));
    });

    const sqs = (from: Program) =>
      (from.one(Type.vpc).inputs.vpcEndpointSpecs as Endpoint[])
        .filter(({ serviceName }) => serviceName.endsWith(".sqs"))
        .flatMap(({ policy }) => statementsOf(policy).flatMap(({ Action }) => Action))
        .filter((action) => action.startsWith("sqs:"));

    it("lets the calls with which deliver settles messages through the endpoint of SQS, otherwise only dead letters", () => {
      assert.deepEqual(sqs(withoutPayPal), ["sqs:SendMessage"]);
      const settling = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"];
      assert.deepEqual(sqs(delivering), ["sqs:SendMessage", ...settling, "sqs:DeleteQueue"]);
    });

    it("lets the reconciler remove the queues of listen through it, where a NAT gateway leads to EventBridge", () => {
      assert.deepEqual(sqs(withPayPal), ["sqs:SendMessage", "sqs:DeleteQueue"]);
    });
  });

  it("allows only outbound HTTPS, and without PayPal only to the endpoints", () => {
    for (const from of [withPayPal, withoutPayPal])
      for (const { fromPort, toPort } of egress(from)) assert.deepEqual([fromPort, toPort], [443, 443]);
    assert.deepEqual(egress(withPayPal)[0].cidrBlocks, ["0.0.0.0/0"]);
    assert.deepEqual(
      egress(withoutPayPal).flatMap(({ cidrBlocks = [], prefixListIds = [] }) => [...cidrBlocks, ...prefixListIds]),
      ["pl-66a5400f", "pl-6ea54007", "10.0.0.0/16"],
    );
    assert.equal(withPayPal.one(Type.securityGroup).inputs.ingress, undefined);
  });

  it("has the suffix in the name that awsx writes into its tags", () => assert.equal(withPayPal.one(Type.vpc).name, "webhook-vpc-dev"));
});
