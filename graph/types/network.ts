import { arn, idFrom, pseudoId, pseudoUuid, withArn, row } from "./resourceType";

/** API Gateway, Certificate Manager, Route 53, VPC and WAF. */
export const networkTypes = {
  account: row("aws:apigateway/account:Account", { cost: "free", replacedBy: [] }, () => ({ id: "api-gateway-account" })),
  apiDeployment: row(
    "aws:apigateway/deployment:Deployment",
    { cost: "free", replacedBy: ["restApi", "triggers", "variables"] },
    (_inputs, _region, logicalName) => ({ id: pseudoId(`deployment-${logicalName}`, 6) }),
  ),
  apiIntegration: row(
    "aws:apigateway/integration:Integration",
    {
      cost: "free",
      replacedBy: ["restApi", "resourceId", "httpMethod", "type", "credentials", "integrationHttpMethod", "passthroughBehavior"],
    },
    ({ restApi, resourceId, httpMethod }) => ({ id: `agi-${restApi}-${resourceId}-${httpMethod}` }),
  ),
  apiMethod: row(
    "aws:apigateway/method:Method",
    { cost: "free", replacedBy: ["restApi", "resourceId", "httpMethod"] },
    ({ restApi, resourceId, httpMethod }) => ({ id: `agm-${restApi}-${resourceId}-${httpMethod}` }),
  ),
  apiResource: row("aws:apigateway/resource:Resource", { cost: "free", replacedBy: ["restApi"] }, ({ restApi }, _region, logicalName) => ({
    id: pseudoId(`${restApi}-${logicalName}`, 6),
  })),
  basePathMapping: row(
    "aws:apigateway/basePathMapping:BasePathMapping",
    { cost: "free", replacedBy: ["domainName", "domainNameId"] },
    ({ domainName }) => ({ id: `${domainName}/` }),
  ),
  certificate: row(
    "aws:acm/certificate:Certificate",
    { cost: "free", replacedBy: ["domainName", "validationMethod", "subjectAlternativeNames"] },
    ({ domainName }, region, logicalName) => ({
      ...withArn(arn("acm", region, `certificate/${pseudoUuid(logicalName)}`)),
      domainValidationOptions: [proofOf(domainName)],
    }),
  ),
  certificateValidation: row(
    "aws:acm/certificateValidation:CertificateValidation",
    { cost: "free", replacedBy: ["certificateArn", "validationRecordFqdns"] },
    (_inputs, _region, logicalName) => ({ id: pseudoUuid(logicalName) }),
  ),
  domainName: row(
    "aws:apigateway/domainName:DomainName",
    {
      cost: "free",
      replacedBy: ["domainName"],
      uniqueName: "domainName",
      awsError: "BadRequestException: The domain name you provided already exists.",
    },
    ({ domainName }, region, logicalName) => ({
      id: domainName,
      arn: `arn:aws:apigateway:${region}::/domainnames/${domainName}`,
      regionalDomainName: `d-${pseudoId(logicalName, 10)}.execute-api.${region}.amazonaws.com`,
      regionalZoneId: `Z${pseudoId(logicalName, 13).toUpperCase()}`,
    }),
  ),
  methodSettings: row(
    "aws:apigateway/methodSettings:MethodSettings",
    { cost: "free", replacedBy: ["restApi", "stageName", "methodPath"] },
    ({ restApi, stageName, methodPath }) => ({ id: `${restApi}-${stageName}-${methodPath}` }),
  ),
  record: row("aws:route53/record:Record", { cost: "free", replacedBy: ["zoneId"] }, ({ zoneId, name, type }) => ({
    id: `${zoneId}_${name}_${type}`,
    fqdn: name,
  })),
  restApi: row("aws:apigateway/restApi:RestApi", { cost: "priced", replacedBy: [], sharedName: "name" }, (_inputs, region, logicalName) => {
    const id = pseudoId(logicalName, 10);
    return {
      id,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      executionArn: arn("execute-api", region, id),
      rootResourceId: pseudoId(`root-${logicalName}`, 10),
    };
  }),
  securityGroup: row(
    "aws:ec2/securityGroup:SecurityGroup",
    { cost: "free", replacedBy: ["name", "description", "vpcId"], sharedName: "name" },
    (_inputs, region, logicalName) => {
      const id = `sg-${pseudoId(logicalName, 17)}`;
      return { id, arn: arn("ec2", region, `security-group/${id}`) };
    },
  ),
  stage: row(
    "aws:apigateway/stage:Stage",
    { cost: "priced", replacedBy: ["restApi", "stageName"], sharedName: "stageName" },
    ({ restApi, stageName }, region) => ({
      id: `ags-${restApi}-${stageName}`,
      arn: `arn:aws:apigateway:${region}::/restapis/${restApi}/stages/${stageName}`,
      invokeUrl: `https://${restApi}.execute-api.${region}.amazonaws.com/${stageName}`,
      executionArn: arn("execute-api", region, `${restApi}/${stageName}`),
    }),
  ),
  vpc: row("awsx:ec2:Vpc", { cost: "priced", replacedBy: undefined }, (_inputs, _region, logicalName) => ({
    id: "",
    vpcId: `vpc-${pseudoId(logicalName, 17)}`,
    privateSubnetIds: [1, 2].map((zone) => `subnet-${pseudoId(`${logicalName}-${zone}`, 17)}`),
  })),
  webAcl: row(
    "aws:wafv2/webAcl:WebAcl",
    {
      cost: "priced",
      replacedBy: ["name", "scope"],
      uniqueName: "name",
      nameScope: ["scope", ""],
      awsError:
        "WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.",
    },
    ({ name }, region, logicalName) => ({
      id: pseudoUuid(logicalName),
      arn: arn("wafv2", region, `regional/webacl/${name}/${pseudoUuid(logicalName)}`),
      capacity: "702",
    }),
  ),
  webAclAssociation: row(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    { cost: "free", replacedBy: ["*"] },
    ({ webAclArn, resourceArn }) => ({ id: `${webAclArn},${resourceArn}` }),
  ),
  webAclLogging: row(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    { cost: "free", replacedBy: ["resourceArn"] },
    idFrom("resourceArn"),
  ),
};

/** Returns the DNS record that proves to ACM who owns a domain. */
function proofOf(domainName: string): Record<string, string> {
  return {
    domainName,
    resourceRecordName: `_${pseudoId(domainName, 32)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${pseudoId(`value-${domainName}`, 32)}.acm-validations.aws.`,
  };
}
