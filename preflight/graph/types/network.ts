import { arn, idFrom, pseudoId, pseudoUuid, withArn, freeRow, row } from "./resourceType";

/** API Gateway, Certificate Manager, Route 53, VPC and WAF. */
export const networkTypes = {
  account: freeRow("aws:apigateway/account:Account", [], () => ({ id: "api-gateway-account" })),
  apiDeployment: freeRow("aws:apigateway/deployment:Deployment", ["restApi", "triggers", "variables"], (_inputs, _region, logicalName) => ({
    id: pseudoId(`deployment-${logicalName}`, 6),
  })),
  apiIntegration: freeRow(
    "aws:apigateway/integration:Integration",
    ["restApi", "resourceId", "httpMethod", "type", "credentials", "integrationHttpMethod", "passthroughBehavior"],
    ({ restApi, resourceId, httpMethod }) => ({ id: `agi-${restApi}-${resourceId}-${httpMethod}` }),
  ),
  apiMethod: freeRow("aws:apigateway/method:Method", ["restApi", "resourceId", "httpMethod"], ({ restApi, resourceId, httpMethod }) => ({
    id: `agm-${restApi}-${resourceId}-${httpMethod}`,
  })),
  apiResource: freeRow("aws:apigateway/resource:Resource", ["restApi"], ({ restApi }, _region, logicalName) => ({
    id: pseudoId(`${restApi}-${logicalName}`, 6),
  })),
  basePathMapping: freeRow("aws:apigateway/basePathMapping:BasePathMapping", ["domainName", "domainNameId"], ({ domainName }) => ({
    id: `${domainName}/`,
  })),
  certificate: freeRow(
    "aws:acm/certificate:Certificate",
    ["domainName", "validationMethod", "subjectAlternativeNames"],
    ({ domainName }, region, logicalName) => ({
      ...withArn(arn("acm", region, `certificate/${pseudoUuid(logicalName)}`)),
      domainValidationOptions: [proofOf(domainName)],
    }),
  ),
  certificateValidation: freeRow(
    "aws:acm/certificateValidation:CertificateValidation",
    ["certificateArn", "validationRecordFqdns"],
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
  methodSettings: freeRow(
    "aws:apigateway/methodSettings:MethodSettings",
    ["restApi", "stageName", "methodPath"],
    ({ restApi, stageName, methodPath }) => ({ id: `${restApi}-${stageName}-${methodPath}` }),
  ),
  record: freeRow("aws:route53/record:Record", ["zoneId"], ({ zoneId, name, type }) => ({
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
    /** Elastic IPs of the NAT gateway. The program reads them only if there is one. */
    eips: [{ publicIp: "198.51.100.7" }],
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
  webAclAssociation: freeRow("aws:wafv2/webAclAssociation:WebAclAssociation", ["*"], ({ webAclArn, resourceArn }) => ({
    id: `${webAclArn},${resourceArn}`,
  })),
  webAclLogging: freeRow("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", ["resourceArn"], idFrom("resourceArn")),
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
