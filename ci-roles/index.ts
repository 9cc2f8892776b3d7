import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readAccessConfig } from "./config";
import {
  accessName,
  boundaryName,
  boundaryPolicy,
  deployPolicies,
  identityProviderHost,
  previewPolicies,
  trustGitHub,
  type DeployedStack,
  type Place,
  type Policies,
  type PolicyDocument,
  type StateLocation,
} from "./rolePolicies";
import { pipeline, stateNames } from "./state";

const { repository, stacks, createProvider, region } = readAccessConfig(new pulumi.Config());
const account = aws.getCallerIdentityOutput().accountId;
const partition = aws.getPartitionOutput().partition;

const place: pulumi.Output<Place> = pulumi.all([partition, account]).apply(([partition, account]) => ({ partition, account, region }));
const state: pulumi.Output<StateLocation> = pulumi.all([place, stateKeyArn()]).apply(([{ partition, account }, keyArn]) => ({
  bucketArn: `arn:${partition}:s3:::${stateNames(pipeline, account, region).bucket}`,
  keyArn,
}));
const identityProviderArn = createIdentityProvider();
const previewRole = createPreviewRole();
const deployRoles = byStack(createDeployRole);
const boundaries = byStack(createBoundary);

/** ARN of the preview role, for the repository's variables. */
export const previewRoleArn = previewRole.arn;
/** ARNs of the deployment roles by stack, for the repository's variables. */
export const deployRoleArns = byStack(({ name }) => deployRoles[name].arn);
/** Boundary ARNs by stack, for each stack's `permissionsBoundary`. Without it, a deployment cannot create roles. */
export const permissionsBoundaryArns = byStack(({ name }) => boundaries[name].arn);

function byStack<T>(make: (stack: DeployedStack) => T): Record<string, T> {
  return Object.fromEntries(stacks.map((stack) => [stack.name, make(stack)]));
}

function stateKeyArn(): pulumi.Output<string> {
  return aws.kms.getAliasOutput({ name: stateNames(pipeline, "", region).keyAlias }).targetKeyArn;
}

function createIdentityProvider(): pulumi.Output<string> {
  if (!createProvider) return pulumi.interpolate`arn:${partition}:iam::${account}:oidc-provider/${identityProviderHost}`;
  return new aws.iam.OpenIdConnectProvider("github", {
    url: `https://${identityProviderHost}`,
    clientIdLists: ["sts.amazonaws.com"],
  }).arn;
}

/** Creates the role for pull requests and the nightly drift check. */
function createPreviewRole(): aws.iam.Role {
  const role = createRole("preview", "Previews the webhook pipeline in pull requests", [
    `repo:${repository}:pull_request`,
    `repo:${repository}:ref:refs/heads/main`,
  ]);
  attach("preview", role, ["services", "functions", "state"], (place, state) => previewPolicies(place, state, stacks));
  return role;
}

/** Creates the role for one stack's GitHub environment, whose reviewers and branches decide who can deploy. */
function createDeployRole(stack: DeployedStack): aws.iam.Role {
  const name = `deploy-${stack.name}`;
  const role = createRole(name, `Deploys the stack ${stack.name} of the webhook pipeline`, [
    `repo:${repository}:environment:${stack.name}`,
  ]);
  attach(name, role, ["named", "tagged", "destinations", "network", "roles", "outside", "state"], (place, state) =>
    deployPolicies(place, state, stack),
  );
  return role;
}

function createRole(name: string, description: string, subjects: string[]): aws.iam.Role {
  return new aws.iam.Role(name, {
    name: accessName(name),
    description,
    assumeRolePolicy: identityProviderArn.apply((arn) => JSON.stringify(trustGitHub(arn, subjects))),
    maxSessionDuration: 3600,
  });
}

/** Attaches managed policies to a role. Its inline policies would share 10,240 characters. */
function attach(owner: string, role: aws.iam.Role, parts: string[], make: (place: Place, state: StateLocation) => Policies): void {
  const documents = pulumi.all([place, state]).apply((known) => make(...known));
  for (const part of parts) {
    const name = `${owner}-${part}`;
    const policy = createPolicy(
      name,
      accessName(name),
      documents.apply((made) => made[part]),
      role,
    );
    new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: policy.arn }, { parent: role });
  }
}

function createBoundary(stack: DeployedStack): aws.iam.Policy {
  return createPolicy(
    `boundary-${stack.name}`,
    boundaryName(stack.name),
    place.apply((known) => boundaryPolicy(known, stack)),
  );
}

function createPolicy(child: string, name: string, made: pulumi.Output<PolicyDocument>, parent?: pulumi.Resource): aws.iam.Policy {
  return new aws.iam.Policy(child, { name, policy: made.apply((document) => JSON.stringify(document)) }, { parent });
}
