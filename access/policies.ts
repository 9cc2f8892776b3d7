import { pipeline } from "./state";

/**
 * What GitHub Actions may do, as documents. Nothing here is a credential: a job proves by GitHub's token which repository and
 * environment it runs for, and gets keys for an hour.
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: {
    Sid: string;
    Effect: "Allow" | "Deny";
    Principal?: Record<string, string>;
    Action: string | string[];
    Resource?: string | string[];
    NotResource?: string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}
type Statement = PolicyDocument["Statement"][number];

export const identityProviderHost = "token.actions.githubusercontent.com";

export function document(...statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Where a project's state is kept, and with which key. */
export interface StateLocation {
  bucketArn: string;
  keyArn: string;
}

/** What `pulumi preview` needs of the state: to read it, and the stack's secrets in it. */
export function readState({ bucketArn, keyArn }: StateLocation): Statement[] {
  return [
    { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn] },
    { Sid: "ReadState", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${bucketArn}/.pulumi/*`] },
    { Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [keyArn] },
  ];
}

/** What `pulumi up` needs beside that: to write state, history and locks, and to remove locks. */
export function writeState(state: StateLocation): Statement[] {
  return [
    ...readState(state),
    { Sid: "WriteState", Effect: "Allow", Action: ["s3:PutObject", "s3:DeleteObject"], Resource: [`${state.bucketArn}/.pulumi/*`] },
    { Sid: "EncryptState", Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: [state.keyArn] },
  ];
}

/** What `pulumi stack init` needs beside that: to encrypt the stack's own key. */
export function createStacks(state: StateLocation): Statement[] {
  return [...writeState(state), { Sid: "EncryptStackKey", Effect: "Allow", Action: ["kms:Encrypt"], Resource: [state.keyArn] }];
}

/** The roles of GitHub Actions; none of the pipeline's own is called like this. */
export function accessRole(name: string): string {
  return `${pipeline}-${name}`;
}

/** Lets jobs of these subjects take a role, e.g. `repo:acme/hooks:environment:prod`. */
export function trustGitHub(providerArn: string, subjects: string[]): PolicyDocument {
  return document({
    Sid: "TrustGitHub",
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${identityProviderHost}:aud`]: "sts.amazonaws.com", [`${identityProviderHost}:sub`]: subjects },
    },
  });
}

/** Neither a pull request nor a deployment has any business with events, secrets, messages or log lines. AWS's ReadOnlyAccess, which a
 * comparison with what is deployed needs, would let it read all but secrets. */
export function keepFromData({ bucketArn }: StateLocation): Statement[] {
  return [
    {
      Sid: "KeepFromData",
      Effect: "Deny",
      Action: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:PartiQLSelect",
        "dynamodb:GetRecords",
        "dynamodb:ExportTableToPointInTime",
        "secretsmanager:GetSecretValue",
        "secretsmanager:BatchGetSecretValue",
        "sqs:ReceiveMessage",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "logs:StartQuery",
        "logs:StartLiveTail",
        "logs:Unmask",
        "states:GetExecutionHistory",
        "states:DescribeExecution",
      ],
      Resource: "*",
    },
    { Sid: "KeepFromObjects", Effect: "Deny", Action: ["s3:GetObject", "s3:GetObjectVersion"], NotResource: [`${bucketArn}/.pulumi/*`] },
  ];
}

/** A comparison reads the functions' environment, which Lambda decrypts in the name of whoever asks. It holds names, no secret. */
export function readEnvironments(): Statement {
  return {
    Sid: "ReadEnvironments",
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: "*",
    Condition: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/webhook-environment-*" } },
  };
}

/** The services that the program has resources of. @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html */
const services = [
  "acm",
  "apigateway",
  "cloudtrail",
  "cloudwatch",
  "dynamodb",
  "ec2",
  "events",
  "kms",
  "lambda",
  "logs",
  "pipes",
  "route53",
  "s3",
  "scheduler",
  "secretsmanager",
  "sns",
  "sqs",
  "states",
  "wafv2",
];

/** What `pulumi up` does: anything with the pipeline's services, the state's among them; but with no role that is not the pipeline's, and
 * with none of those that deploy it. The roles that it makes may still be given any right: who may deploy is decided before, by the
 * GitHub environment's branches and reviewers. */
export function deploy(partition: string, account: string): Statement[] {
  const roles = `arn:${partition}:iam::${account}:role/webhook-*`;
  const loggingPolicy = `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
  return [
    { Sid: "ManageServices", Effect: "Allow", Action: services.map((service) => `${service}:*`), Resource: "*" },
    {
      Sid: "ManageRoles",
      Effect: "Allow",
      Action: [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:GetRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
        "iam:UpdateAssumeRolePolicy",
        "iam:PutRolePolicy",
        "iam:GetRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
      ],
      Resource: roles,
    },
    {
      Sid: "AttachLoggingPolicy",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Resource: roles,
      Condition: { ArnEquals: { "iam:PolicyARN": loggingPolicy } },
    },
    {
      Sid: "PassRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: roles,
      Condition: {
        StringEquals: {
          "iam:PassedToService": [
            "lambda.amazonaws.com",
            "states.amazonaws.com",
            "pipes.amazonaws.com",
            "scheduler.amazonaws.com",
            "apigateway.amazonaws.com",
          ],
        },
      },
    },
    {
      Sid: "KeepFromAccess",
      Effect: "Deny",
      Action: ["iam:*"],
      Resource: `arn:${partition}:iam::${account}:role/${accessRole("*")}`,
    },
    {
      Sid: "CreateServiceLinkedRoles",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: `arn:${partition}:iam::${account}:role/aws-service-role/*`,
      Condition: { StringEquals: { "iam:AWSServiceName": ["ops.apigateway.amazonaws.com", "wafv2.amazonaws.com"] } },
    },
  ];
}
