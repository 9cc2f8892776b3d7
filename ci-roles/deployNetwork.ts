import { allow, type Statement } from "./document";
import { arnOf, newTag, ownTag, type Scope } from "./scope";

/** Actions that describe networks. Nothing in the answers is secret, and EC2 allows them only on `*`. */
export const describeNetwork = [
  "AccountAttributes",
  "Addresses",
  "AddressesAttribute",
  "AvailabilityZones",
  "InternetGateways",
  "ManagedPrefixLists",
  "NatGateways",
  "NetworkAcls",
  "NetworkInterfaces",
  "PrefixLists",
  "RouteTables",
  "SecurityGroupRules",
  "SecurityGroups",
  "Subnets",
  "Tags",
  "VpcAttribute",
  "VpcEndpoints",
  "VpcEndpointServices",
  "Vpcs",
].map((what) => `ec2:Describe${what}`);

const made = ["InternetGateway", "NatGateway", "RouteTable", "SecurityGroup", "Subnet", "Vpc", "VpcEndpoint"];
const makes = [...made.map((what) => `ec2:Create${what}`), "ec2:AllocateAddress"];

/** Actions on existing parts of a network, each of which has the stack's tag. */
const changes = [
  "AssociateRouteTable",
  "AttachInternetGateway",
  "AuthorizeSecurityGroupEgress",
  "AuthorizeSecurityGroupIngress",
  "CreateRoute",
  "CreateTags",
  "DeleteInternetGateway",
  "DeleteNatGateway",
  "DeleteRoute",
  "DeleteRouteTable",
  "DeleteSecurityGroup",
  "DeleteSubnet",
  "DeleteTags",
  "DeleteVpc",
  "DeleteVpcEndpoints",
  "DetachInternetGateway",
  "DisassociateAddress",
  "DisassociateRouteTable",
  "ModifySubnetAttribute",
  "ModifyVpcAttribute",
  "ModifyVpcEndpoint",
  "ReleaseAddress",
  "ReplaceRoute",
  "ReplaceRouteTableAssociation",
  "RevokeSecurityGroupEgress",
  "RevokeSecurityGroupIngress",
].map((action) => `ec2:${action}`);

/** Allows managing the network of `network: private`. Each part gets the stack's tag at creation, inside a part that has the tag.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html for what CreateVpcEndpoint depends on
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
export function deployNetwork(scope: Scope): Statement[] {
  const parts = arnOf(scope, "ec2", "*");
  const making = newTag(scope);
  const createActions = makes.map((action) => action.replace("ec2:", ""));
  return [
    allow("DescribeNetwork", describeNetwork, "*"),
    allow("MakeNetwork", makes, parts, making),
    allow("TagNetwork", ["ec2:CreateTags"], parts, {
      ...making,
      StringEquals: { ...making.StringEquals, "ec2:CreateAction": createActions },
    }),
    allow("ManageNetwork", [...makes, ...changes], parts, ownTag(scope)),
    // AWS owns the hosted zone for an interface endpoint's private names. It has no tag, and its name is unknown.
    allow("NameEndpoints", ["route53:AssociateVPCWithHostedZone"], `arn:${scope.partition}:route53:::hostedzone/*`),
  ];
}
