import * as aws from "@pulumi/aws";
import { Vpc } from "@pulumi/awsx/ec2";
import * as pulumi from "@pulumi/pulumi";
import { protectedOptions, type StackContext } from "./lib/context";
import { document, type Statement } from "./lib/policies";

export interface NetworkArgs {
  context: StackContext;
}

/** Nothing outside reaches it and it is joined to no other network, so that its addresses need not be chosen. */
const cidrBlock = "10.0.0.0/16";
const availabilityZones = 2;

/**
 * A VPC for the functions. They reach DynamoDB, S3, Secrets Manager and SQS through endpoints that speak for this account alone, and
 * nothing else; only PayPal's certificates have to be fetched from outside, through a NAT gateway that is there for PayPal alone.
 * Logs, traces and the dead letters of failed invocations go through Lambda's own network.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export class Network extends pulumi.ComponentResource {
  readonly vpc: Vpc;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly securityGroup: aws.ec2.SecurityGroup;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Network", name, {}, opts);
    const parent = this;
    const { context } = args;
    const { config, accountId } = context;
    const reachesOutside = config.sources.some(({ provider }) => provider === "paypal");
    const dynamodb = `com.amazonaws.${config.region}.dynamodb`;
    const secretsManager = `com.amazonaws.${config.region}.secretsmanager`;
    const sqs = `com.amazonaws.${config.region}.sqs`;
    const s3 = `com.amazonaws.${config.region}.s3`;

    const vpc = createVpc();
    const securityGroup = createSecurityGroup();
    this.vpc = vpc;
    this.subnetIds = vpc.privateSubnetIds;
    this.securityGroup = securityGroup;
    this.registerOutputs({ vpcId: vpc.vpcId, subnetIds: this.subnetIds, securityGroupId: securityGroup.id });

    /** awsx makes `Name` tags from the resource's name: hence the physical one. The private subnets come first, so that their
     * addresses stay when the public ones, which only hold the NAT gateway, come or go. */
    function createVpc(): Vpc {
      const policy = document([useOwnAccountOnly()]);
      return new Vpc(
        context.name("vpc"),
        {
          cidrBlock,
          numberOfAvailabilityZones: availabilityZones,
          subnetStrategy: "Auto",
          subnetSpecs: [{ type: "Private", cidrMask: 20 }, ...(reachesOutside ? [{ type: "Public" as const, cidrMask: 28 }] : [])],
          natGateways: { strategy: reachesOutside ? "Single" : "None" },
          vpcEndpointStrategy: "Auto",
          vpcEndpointSpecs: [
            { serviceName: dynamodb, vpcEndpointType: "Gateway", policy },
            { serviceName: s3, vpcEndpointType: "Gateway", policy },
            { serviceName: secretsManager, vpcEndpointType: "Interface", policy },
            { serviceName: sqs, vpcEndpointType: "Interface", policy },
          ],
        },
        protectedOptions(context, parent),
      );
    }

    /** Neither credentials of another account nor resources of another account pass through an endpoint.
     * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
    function useOwnAccountOnly(): Statement {
      return {
        Sid: "UseOwnAccountOnly",
        Effect: "Allow",
        Principal: "*",
        Action: ["dynamodb:*", "s3:GetObject", "s3:PutObject", "secretsmanager:GetSecretValue", "sqs:SendMessage"],
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } },
      };
    }

    /** A gateway endpoint is reached at the service's public addresses, which AWS keeps in a prefix list. */
    function createSecurityGroup(): aws.ec2.SecurityGroup {
      const addressesOf = (service: string) => aws.ec2.getPrefixListOutput({ name: service }, { parent }).id;
      const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
      return new aws.ec2.SecurityGroup(
        `${name}-functions`,
        {
          name: context.name("functionsSecurityGroup"),
          description: "Functions of the webhook pipeline: HTTPS to what they call, nothing in",
          vpcId: vpc.vpcId,
          egress: reachesOutside
            ? [{ ...https, cidrBlocks: ["0.0.0.0/0"], description: "AWS and PayPal" }]
            : [
                { ...https, prefixListIds: [addressesOf(dynamodb), addressesOf(s3)], description: "DynamoDB and S3" },
                { ...https, cidrBlocks: [cidrBlock], description: "Interface endpoints" },
              ],
        },
        { parent },
      );
    }
  }
}
