import { arn, idFromName, pseudoId, pseudoUuid, withArn, freeRow, row } from "./resourceType";

/** IAM, KMS and the provider itself. */
export const accessTypes = {
  alias: row(
    "aws:kms/alias:Alias",
    {
      cost: "free",
      replacedBy: ["name"],
      uniqueName: "name",
      awsError: "AlreadyExistsException: An alias with the name {name} already exists",
    },
    idFromName("kms"),
  ),
  iamPolicy: row(
    "aws:iam/policy:Policy",
    {
      cost: "free",
      replacedBy: ["name", "path", "description"],
      uniqueName: "name",
      awsError: "EntityAlreadyExists: A policy called {name} already exists. Duplicate names are not allowed.",
    },
    ({ name }) => withArn(arn("iam", "", `policy/${name}`)),
  ),
  identityProvider: freeRow("aws:iam/openIdConnectProvider:OpenIdConnectProvider", ["url"], ({ url }) =>
    withArn(arn("iam", "", `oidc-provider/${url.replace("https://", "")}`)),
  ),
  key: row(
    "aws:kms/key:Key",
    { cost: "priced", replacedBy: ["customerMasterKeySpec", "keyUsage", "multiRegion"], holdsData: true },
    (_inputs, region, logicalName) => {
      const keyId = pseudoUuid(logicalName);
      return { id: keyId, keyId, arn: arn("kms", region, `key/${keyId}`) };
    },
  ),
  provider: freeRow("pulumi:providers:aws", ["region"], (_inputs, _region, logicalName) => ({
    id: pseudoUuid(logicalName),
  })),
  role: row(
    "aws:iam/role:Role",
    {
      cost: "free",
      replacedBy: ["name", "path"],
      uniqueName: "name",
      awsError: "EntityAlreadyExists: Role with name {name} already exists.",
    },
    ({ name }) => ({ id: name, arn: arn("iam", "", `role/${name}`), uniqueId: `AROA${pseudoId(name, 17).toUpperCase()}` }),
  ),
  rolePolicy: row(
    "aws:iam/rolePolicy:RolePolicy",
    { cost: "free", replacedBy: ["name", "role"], sharedName: "name" },
    ({ role, name }) => ({
      id: `${role}:${name}`,
    }),
  ),
  rolePolicyAttachment: freeRow("aws:iam/rolePolicyAttachment:RolePolicyAttachment", ["*"], ({ role, policyArn }) => ({
    id: `${role}/${policyArn}`,
  })),
};
