/**
 * What a change of an input means: AWS changes some in place; for others the resource is made anew under another id. A
 * preview on the real engine says so; this table says it without an account, for diffs and for tests.
 */

/** Inputs whose change makes the resource anew, by type: what the AWS provider marks as ForceNew. `*`: any change does.
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service */
const replacedBy: Record<string, readonly string[]> = {
  "aws:acm/certificate:Certificate": ["domainName", "validationMethod", "subjectAlternativeNames"],
  "aws:acm/certificateValidation:CertificateValidation": ["certificateArn", "validationRecordFqdns"],
  "aws:apigateway/account:Account": [],
  "aws:apigateway/basePathMapping:BasePathMapping": ["domainName", "domainNameId"],
  "aws:apigateway/deployment:Deployment": ["restApi", "triggers", "variables"],
  "aws:apigateway/domainName:DomainName": ["domainName"],
  "aws:apigateway/methodSettings:MethodSettings": ["restApi", "stageName", "methodPath"],
  "aws:apigateway/restApi:RestApi": [],
  "aws:apigateway/stage:Stage": ["restApi", "stageName"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarmName"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/eventArchive:EventArchive": ["name", "eventSourceArn"],
  "aws:cloudwatch/eventBus:EventBus": ["name", "eventSourceName"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "logGroupClass"],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ["name", "logGroupName"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey", "localSecondaryIndexes"],
  "aws:ec2/securityGroup:SecurityGroup": ["name", "description", "vpcId"],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ["url"],
  "aws:iam/role:Role": ["name", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["*"],
  "aws:kms/alias:Alias": ["name"],
  "aws:kms/key:Key": ["customerMasterKeySpec", "keyUsage", "multiRegion"],
  "aws:lambda/function:Function": ["name", "packageType"],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ["functionName", "qualifier"],
  "aws:lambda/permission:Permission": ["*"],
  "aws:pipes/pipe:Pipe": ["name", "source"],
  "aws:route53/record:Record": ["zoneId"],
  "aws:s3/bucket:Bucket": ["bucket"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["bucket"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ["bucket"],
  "aws:scheduler/schedule:Schedule": ["name", "groupName"],
  "aws:secretsmanager/secret:Secret": ["name"],
  "aws:sfn/stateMachine:StateMachine": ["name", "type"],
  "aws:sns/topic:Topic": ["name", "fifoTopic"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  "aws:sns/topicSubscription:TopicSubscription": ["topic", "protocol", "endpoint"],
  "aws:sqs/queue:Queue": ["name", "fifoQueue"],
  "aws:sqs/queuePolicy:QueuePolicy": ["queueUrl"],
  "aws:wafv2/webAcl:WebAcl": ["name", "scope"],
  "aws:wafv2/webAclAssociation:WebAclAssociation": ["*"],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ["resourceArn"],
  "pulumi:providers:aws": ["region"],
};

/** What is lost with a resource of these types: events, messages, credentials, logs, or what all of them are encrypted with. */
const dataTypes: readonly string[] = [
  "awsx:cloudtrail:Trail",
  "aws:cloudwatch/eventArchive:EventArchive",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:dynamodb/table:Table",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "aws:sqs/queue:Queue",
];

/** Types that have a row above; for others a replacement cannot be foreseen. */
export function knowsReplacement(type: string): boolean {
  return Object.hasOwn(replacedBy, type);
}

/** Those of the changed inputs that make a resource of this type anew. */
export function replacingInputs(type: string, changed: readonly string[]): string[] {
  const keys = knowsReplacement(type) ? replacedBy[type] : [];
  return keys.includes("*") ? [...changed] : changed.filter((input) => keys.includes(input));
}

/** Whether data is lost when a resource of this type is deleted or made anew. */
export function holdsData(type: string): boolean {
  return dataTypes.includes(type);
}
