import * as aws from "@pulumi/aws";
import { Vpc } from "@pulumi/awsx/ec2";
import * as pulumi from "@pulumi/pulumi";
import { isHttps } from "../config/destinations";
import { reachesInternet } from "../domain/sources";
import { protectedOptions, type StackContext } from "./lib/context";
import { document, type Statement } from "./lib/policies";

export interface NetworkArgs {
  context: StackContext;
}

/** Address range of the VPC. It is connected to no other network, so its addresses need not be configurable. */
const cidrBlock = "10.0.0.0/16";
const availabilityZones = 2;
/** Calls of `deliver` and of its mappings to the queues of destinations. */
const settleMessages = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"];

/**
 * Creates a VPC for the functions. They reach DynamoDB, S3, Secrets Manager and SQS through endpoints that serve this account only, and
 * nothing else. A NAT gateway leads to the internet only if the stack needs it: to post to destinations, and to fetch the keys or
 * certificates with which a source's provider signs, as PayPal does. `deliver` also reaches Lambda's API through it, so that API has no
 * endpoint. Logs, traces and the dead letters of failed invocations go through Lambda's own network.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export class Network extends pulumi.ComponentResource {
  readonly vpc: Vpc;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly securityGroup: aws.ec2.SecurityGroup;
  /**
   * Fixed public addresses from which the functions call the internet, for the firewalls of destinations. They last as long as the NAT
   * gateway; `undefined` without one.
   */
  readonly egressAddresses: pulumi.Output<string[]> | undefined;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Network", name, {}, opts);
    const parent = this;
    const { context } = args;
    const { config, accountId } = context;
    const delivers = config.destinations.some(isHttps);
    const reachesOutside = delivers || config.sources.some(reachesInternet);
    const dynamodb = `com.amazonaws.${config.region}.dynamodb`;
    const secretsManager = `com.amazonaws.${config.region}.secretsmanager`;
    const sqs = `com.amazonaws.${config.region}.sqs`;
    const s3 = `com.amazonaws.${config.region}.s3`;

    const vpc = createVpc();
    const securityGroup = createSecurityGroup();
    this.vpc = vpc;
    this.subnetIds = vpc.privateSubnetIds;
    this.securityGroup = securityGroup;
    this.egressAddresses = reachesOutside ? addressesOfGateway() : undefined;
    this.registerOutputs({
      vpcId: vpc.vpcId,
      subnetIds: this.subnetIds,
      securityGroupId: securityGroup.id,
      egressAddresses: this.egressAddresses,
    });

    /**
     * Creates the VPC. awsx derives `Name` tags from the resource's name, hence the physical name. Private subnets come first, so that
     * their addresses stay the same when the public ones, which hold only the NAT gateway, come or go.
     */
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

    /** Returns the Elastic IPs that awsx allocates for the NAT gateway. A change of the other parts of the network does not replace them. */
    function addressesOfGateway(): pulumi.Output<string[]> {
      return vpc.eips.apply((addresses) => pulumi.all(addresses.map(({ publicIp }) => publicIp)));
    }

    /**
     * Limits an endpoint to this account: no other account's credentials or resources pass through it.
     * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
     */
    function useOwnAccountOnly(): Statement {
      return {
        Sid: "UseOwnAccountOnly",
        Effect: "Allow",
        Principal: "*",
        Action: [
          "dynamodb:*",
          "s3:GetObject",
          "s3:PutObject",
          "secretsmanager:GetSecretValue",
          "sqs:SendMessage",
          ...(delivers ? settleMessages : []),
          // The reconciler, which then reaches EventBridge as well, removes what a `listen` that died has left.
          ...(reachesOutside ? ["sqs:DeleteQueue"] : []),
        ],
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } },
      };
    }

    /**
     * Creates the functions' security group. A gateway endpoint is reached at the service's public addresses, which are in AWS's prefix
     * list.
     */
    function createSecurityGroup(): aws.ec2.SecurityGroup {
      const addressesOf = (service: string) => aws.ec2.getPrefixListOutput({ name: service }, { parent }).id;
      const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
      return new aws.ec2.SecurityGroup(
        `${name}-functions`,
        {
          name: context.name("functionsSecurityGroup"),
          description: "Functions of the webhook pipeline: outbound HTTPS, nothing inbound",
          vpcId: vpc.vpcId,
          egress: reachesOutside
            ? [
                {
                  ...https,
                  cidrBlocks: ["0.0.0.0/0"],
                  description: delivers ? "AWS, destinations, and the keys of providers" : "AWS, and the keys of providers",
                },
              ]
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
