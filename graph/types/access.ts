import { arn, idFromName, pseudoId, pseudoUuid, withArn, type ResourceType } from "./resourceType";

/** IAM, KMS and the provider itself. */
export const accessTypes = {
  alias: {
    token: "aws:kms/alias:Alias",
    outputs: idFromName("kms"),
    replacedBy: ["name"],
    cost: "free",
    uniqueName: { input: "name", awsError: (name) => `AlreadyExistsException: An alias with the name ${name} already exists` },
  },
  iamPolicy: {
    token: "aws:iam/policy:Policy",
    outputs: ({ name }) => withArn(arn("iam", "", `policy/${name}`)),
    replacedBy: ["name", "path", "description"],
    cost: "free",
    uniqueName: {
      input: "name",
      awsError: (name) => `EntityAlreadyExists: A policy called ${name} already exists. Duplicate names are not allowed.`,
    },
  },
  identityProvider: {
    token: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    outputs: ({ url }) => withArn(arn("iam", "", `oidc-provider/${url.replace("https://", "")}`)),
    replacedBy: ["url"],
    cost: "free",
  },
  key: {
    token: "aws:kms/key:Key",
    outputs: (_inputs, region, logicalName) => {
      const keyId = pseudoUuid(logicalName);
      return { id: keyId, keyId, arn: arn("kms", region, `key/${keyId}`) };
    },
    replacedBy: ["customerMasterKeySpec", "keyUsage", "multiRegion"],
    cost: "priced",
    holdsData: true,
  },
  provider: {
    token: "pulumi:providers:aws",
    outputs: (_inputs, _region, logicalName) => ({ id: pseudoUuid(logicalName) }),
    replacedBy: ["region"],
    cost: "free",
  },
  role: {
    token: "aws:iam/role:Role",
    outputs: ({ name }) => ({ id: name, arn: arn("iam", "", `role/${name}`), uniqueId: `AROA${pseudoId(name, 17).toUpperCase()}` }),
    replacedBy: ["name", "path"],
    cost: "free",
    uniqueName: { input: "name", awsError: (name) => `EntityAlreadyExists: Role with name ${name} already exists.` },
  },
  rolePolicy: {
    token: "aws:iam/rolePolicy:RolePolicy",
    outputs: ({ role, name }) => ({ id: `${role}:${name}` }),
    replacedBy: ["name", "role"],
    cost: "free",
  },
  rolePolicyAttachment: {
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    outputs: ({ role, policyArn }) => ({ id: `${role}/${policyArn}` }),
    replacedBy: ["*"],
    cost: "free",
  },
} as const satisfies Record<string, ResourceType>;
