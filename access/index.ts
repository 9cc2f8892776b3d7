import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readAccessConfig } from "./config";
import {
  accessRole,
  deploy,
  document,
  identityProviderHost,
  keepFromData,
  readEnvironments,
  readState,
  trustGitHub,
  type PolicyDocument,
} from "./policies";
import { pipeline, stateNames } from "./state";

const { repository, stacks, createProvider, region } = readAccessConfig(new pulumi.Config());
const accountId = aws.getCallerIdentityOutput().accountId;
const partition = aws.getPartitionOutput().partition;

const state = pulumi.all([partition, accountId, stateKeyArn()]).apply(([partition, account, keyArn]) => ({
  bucketArn: `arn:${partition}:s3:::${stateNames(pipeline, account, region).bucket}`,
  keyArn,
}));
const identityProviderArn = createIdentityProvider();
const previewRole = createPreviewRole();
const deployRoles = Object.fromEntries(stacks.map((stack) => [stack, createDeployRole(stack)]));

/** For the repository's variables: which role each job takes. */
export const previewRoleArn = previewRole.arn;
export const deployRoleArns = Object.fromEntries(Object.entries(deployRoles).map(([stack, role]) => [stack, role.arn]));

function stateKeyArn(): pulumi.Output<string> {
  return aws.kms.getAliasOutput({ name: stateNames(pipeline, "", region).keyAlias }).targetKeyArn;
}

function createIdentityProvider(): pulumi.Output<string> {
  if (!createProvider) return pulumi.interpolate`arn:${partition}:iam::${accountId}:oidc-provider/${identityProviderHost}`;
  return new aws.iam.OpenIdConnectProvider("github", {
    url: `https://${identityProviderHost}`,
    clientIdLists: ["sts.amazonaws.com"],
  }).arn;
}

/** Of pull requests and of the nightly comparison: reads what is deployed, and the state. */
function createPreviewRole(): aws.iam.Role {
  const role = createRole("preview", "Previews the webhook pipeline in pull requests", [
    `repo:${repository}:pull_request`,
    `repo:${repository}:ref:refs/heads/main`,
  ]);
  new aws.iam.RolePolicyAttachment(
    "preview-reads",
    { role: role.name, policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/ReadOnlyAccess` },
    { parent: role },
  );
  putPolicy("preview", role, (location) => document(...readState(location), readEnvironments(), ...keepFromData(location)));
  return role;
}

/** Of one stack's GitHub environment, whose reviewers and branches say who may deploy. */
function createDeployRole(stack: string): aws.iam.Role {
  const role = createRole(`deploy-${stack}`, `Deploys the stack ${stack} of the webhook pipeline`, [
    `repo:${repository}:environment:${stack}`,
  ]);
  putPolicy(`deploy-${stack}`, role, (location, partition, account) => document(...deploy(partition, account), ...keepFromData(location)));
  return role;
}

function createRole(name: string, description: string, subjects: string[]): aws.iam.Role {
  return new aws.iam.Role(name, {
    name: accessRole(name),
    description,
    assumeRolePolicy: identityProviderArn.apply((arn) => JSON.stringify(trustGitHub(arn, subjects))),
    maxSessionDuration: 3600,
  });
}

type Policy = (location: { bucketArn: string; keyArn: string }, partition: string, account: string) => PolicyDocument;

function putPolicy(name: string, role: aws.iam.Role, policy: Policy): aws.iam.RolePolicy {
  const text = pulumi.all([state, partition, accountId]).apply((known) => JSON.stringify(policy(...known)));
  return new aws.iam.RolePolicy(name, { name: role.name, role: role.name, policy: text }, { parent: role });
}
