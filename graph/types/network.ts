import { arn, idFrom, pseudoId, pseudoUuid, withArn, type ResourceType } from "./resourceType";

/** API Gateway, Certificate Manager, Route 53, VPC and WAF. */
export const networkTypes = {
  account: {
    token: "aws:apigateway/account:Account",
    outputs: () => ({ id: "api-gateway-account" }),
    replacedBy: [],
    cost: "free",
  },
  apiDeployment: {
    token: "aws:apigateway/deployment:Deployment",
    outputs: (_inputs, _region, logicalName) => ({ id: pseudoId(`deployment-${logicalName}`, 6) }),
    replacedBy: ["restApi", "triggers", "variables"],
    cost: "free",
  },
  apiIntegration: {
    token: "aws:apigateway/integration:Integration",
    outputs: ({ restApi, resourceId, httpMethod }) => ({ id: `agi-${restApi}-${resourceId}-${httpMethod}` }),
    replacedBy: ["restApi", "resourceId", "httpMethod", "type", "credentials", "integrationHttpMethod", "passthroughBehavior"],
    cost: "free",
  },
  apiMethod: {
    token: "aws:apigateway/method:Method",
    outputs: ({ restApi, resourceId, httpMethod }) => ({ id: `agm-${restApi}-${resourceId}-${httpMethod}` }),
    replacedBy: ["restApi", "resourceId", "httpMethod"],
    cost: "free",
  },
  apiResource: {
    token: "aws:apigateway/resource:Resource",
    outputs: ({ restApi }, _region, logicalName) => ({ id: pseudoId(`${restApi}-${logicalName}`, 6) }),
    replacedBy: ["restApi"],
    cost: "free",
  },
  basePathMapping: {
    token: "aws:apigateway/basePathMapping:BasePathMapping",
    outputs: ({ domainName }) => ({ id: `${domainName}/` }),
    replacedBy: ["domainName", "domainNameId"],
    cost: "free",
  },
  certificate: {
    token: "aws:acm/certificate:Certificate",
    outputs: ({ domainName }, region, logicalName) => ({
      ...withArn(arn("acm", region, `certificate/${pseudoUuid(logicalName)}`)),
      domainValidationOptions: [proofOf(domainName)],
    }),
    replacedBy: ["domainName", "validationMethod", "subjectAlternativeNames"],
    cost: "free",
  },
  certificateValidation: {
    token: "aws:acm/certificateValidation:CertificateValidation",
    outputs: (_inputs, _region, logicalName) => ({ id: pseudoUuid(logicalName) }),
    replacedBy: ["certificateArn", "validationRecordFqdns"],
    cost: "free",
  },
  domainName: {
    token: "aws:apigateway/domainName:DomainName",
    outputs: ({ domainName }, region, logicalName) => ({
      id: domainName,
      arn: `arn:aws:apigateway:${region}::/domainnames/${domainName}`,
      regionalDomainName: `d-${pseudoId(logicalName, 10)}.execute-api.${region}.amazonaws.com`,
      regionalZoneId: `Z${pseudoId(logicalName, 13).toUpperCase()}`,
    }),
    replacedBy: ["domainName"],
    cost: "free",
    uniqueName: { input: "domainName", awsError: () => "BadRequestException: The domain name you provided already exists." },
  },
  methodSettings: {
    token: "aws:apigateway/methodSettings:MethodSettings",
    outputs: ({ restApi, stageName, methodPath }) => ({ id: `${restApi}-${stageName}-${methodPath}` }),
    replacedBy: ["restApi", "stageName", "methodPath"],
    cost: "free",
  },
  record: {
    token: "aws:route53/record:Record",
    outputs: ({ zoneId, name, type }) => ({ id: `${zoneId}_${name}_${type}`, fqdn: name }),
    replacedBy: ["zoneId"],
    cost: "free",
  },
  restApi: {
    token: "aws:apigateway/restApi:RestApi",
    outputs: (_inputs, region, logicalName) => {
      const id = pseudoId(logicalName, 10);
      return {
        id,
        arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
        executionArn: arn("execute-api", region, id),
        rootResourceId: pseudoId(`root-${logicalName}`, 10),
      };
    },
    replacedBy: [],
    cost: "priced",
  },
  securityGroup: {
    token: "aws:ec2/securityGroup:SecurityGroup",
    outputs: (_inputs, region, logicalName) => {
      const id = `sg-${pseudoId(logicalName, 17)}`;
      return { id, arn: arn("ec2", region, `security-group/${id}`) };
    },
    replacedBy: ["name", "description", "vpcId"],
    cost: "free",
  },
  stage: {
    token: "aws:apigateway/stage:Stage",
    outputs: ({ restApi, stageName }, region) => ({
      id: `ags-${restApi}-${stageName}`,
      arn: `arn:aws:apigateway:${region}::/restapis/${restApi}/stages/${stageName}`,
      invokeUrl: `https://${restApi}.execute-api.${region}.amazonaws.com/${stageName}`,
      executionArn: arn("execute-api", region, `${restApi}/${stageName}`),
    }),
    replacedBy: ["restApi", "stageName"],
    cost: "priced",
  },
  vpc: {
    token: "awsx:ec2:Vpc",
    outputs: (_inputs, _region, logicalName) => ({
      id: "",
      vpcId: `vpc-${pseudoId(logicalName, 17)}`,
      privateSubnetIds: [1, 2].map((zone) => `subnet-${pseudoId(`${logicalName}-${zone}`, 17)}`),
    }),
    replacedBy: undefined,
    cost: "priced",
  },
  webAcl: {
    token: "aws:wafv2/webAcl:WebAcl",
    outputs: ({ name }, region, logicalName) => ({
      id: pseudoUuid(logicalName),
      arn: arn("wafv2", region, `regional/webacl/${name}/${pseudoUuid(logicalName)}`),
      capacity: "702",
    }),
    replacedBy: ["name", "scope"],
    cost: "priced",
    uniqueName: {
      input: "name",
      scope: ["scope", ""],
      awsError: () =>
        "WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.",
    },
  },
  webAclAssociation: {
    token: "aws:wafv2/webAclAssociation:WebAclAssociation",
    outputs: ({ webAclArn, resourceArn }) => ({ id: `${webAclArn},${resourceArn}` }),
    replacedBy: ["*"],
    cost: "free",
  },
  webAclLogging: {
    token: "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    outputs: idFrom("resourceArn"),
    replacedBy: ["resourceArn"],
    cost: "free",
  },
} as const satisfies Record<string, ResourceType>;

/** Returns the DNS record that proves to ACM who owns a domain. */
function proofOf(domainName: string): Record<string, string> {
  return {
    domainName,
    resourceRecordName: `_${pseudoId(domainName, 32)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${pseudoId(`value-${domainName}`, 32)}.acm-validations.aws.`,
  };
}
