import { PutCompositeAlarmCommand, PutDashboardCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, PutMetricFilterCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DescribeTableCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { AttachRolePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand } from "@aws-sdk/client-kms";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { forPlainHttp } from "../plainHttp";
import type { Inputs, Provisioner } from "./types";

const key: Provisioner = async ({ clients }, { description, policy }) => {
  const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({ Description: description, Policy: policy }));
  return { id: KeyMetadata!.KeyId!, keyId: KeyMetadata!.KeyId, arn: KeyMetadata!.Arn };
};

const alias: Provisioner = async ({ clients }, { name, targetKeyId }) => {
  await clients.kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
  return { id: name, arn: name };
};

const logGroup: Provisioner = async ({ clients, aws }, { name, kmsKeyId, retentionInDays }) => {
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName: name, kmsKeyId }));
  await clients.logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
  return { id: name, arn: `arn:aws:logs:${aws.region}:${aws.accountId}:log-group:${name}` };
};

const logMetricFilter: Provisioner = async ({ clients }, { name, logGroupName, pattern, metricTransformation }) => {
  const { name: metricName, namespace, value, unit, dimensions } = metricTransformation as Inputs;
  await clients.logs.send(
    new PutMetricFilterCommand({
      filterName: name,
      logGroupName,
      filterPattern: pattern,
      metricTransformations: [{ metricName, metricNamespace: namespace, metricValue: value, unit, dimensions }],
    }),
  );
  return { id: name };
};

const role: Provisioner = async ({ clients }, { name, assumeRolePolicy, description }) => {
  const { Role } = await clients.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description }),
  );
  return { id: name, arn: Role!.Arn, uniqueId: Role!.RoleId };
};

const rolePolicy: Provisioner = async ({ clients }, { role, name, policy }) => {
  await clients.iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
  return { id: `${role}:${name}` };
};

const rolePolicyAttachment: Provisioner = async ({ clients }, { role, policyArn }) => {
  await clients.iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
  return { id: `${role}/${policyArn}` };
};

/**
 * The stream carries keys only here, where the program says new images: MiniStack's pipe applies no input template, so
 * keys only is what the template would have left of a record.
 */
const table: Provisioner = async ({ clients }, inputs) => {
  const indexes = (inputs.globalSecondaryIndexes ?? []) as Inputs[];
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: inputs.name,
      BillingMode: inputs.billingMode,
      AttributeDefinitions: inputs.attributes.map(({ name, type }: Inputs) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keySchema(inputs),
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection: { ProjectionType: index.projectionType, NonKeyAttributes: index.nonKeyAttributes },
      })),
      StreamSpecification: { StreamEnabled: inputs.streamEnabled, StreamViewType: "KEYS_ONLY" },
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: inputs.serverSideEncryption.kmsKeyArn },
    }),
  );
  await clients.dynamodb.send(
    new UpdateTimeToLiveCommand({
      TableName: inputs.name,
      TimeToLiveSpecification: { Enabled: inputs.ttl.enabled, AttributeName: inputs.ttl.attributeName },
    }),
  );
  const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: inputs.name }));
  return { id: inputs.name, arn: Table!.TableArn, streamArn: Table!.LatestStreamArn, streamLabel: Table!.LatestStreamLabel };
};

function keySchema({ hashKey, rangeKey }: Inputs) {
  const hash = { AttributeName: hashKey as string, KeyType: "HASH" as const };
  return rangeKey ? [hash, { AttributeName: rangeKey as string, KeyType: "RANGE" as const }] : [hash];
}

const queue: Provisioner = async ({ clients }, { name, messageRetentionSeconds, kmsMasterKeyId }) => {
  const attributes = { MessageRetentionPeriod: String(messageRetentionSeconds), KmsMasterKeyId: kmsMasterKeyId };
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  return { id: QueueUrl!, url: QueueUrl, arn: Attributes!.QueueArn };
};

const queuePolicy: Provisioner = async ({ clients }, { queueUrl, policy }) => {
  const loopbackPolicy = forPlainHttp(policy);
  if (loopbackPolicy) await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy: loopbackPolicy } }));
  return { id: queueUrl };
};

const secret: Provisioner = async ({ clients }, { name, description, kmsKeyId }) => {
  const { ARN } = await clients.secretsManager.send(new CreateSecretCommand({ Name: name, Description: description, KmsKeyId: kmsKeyId }));
  return { id: ARN!, arn: ARN };
};

const topic: Provisioner = async ({ clients }, { name, kmsMasterKeyId }) => {
  const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: name, Attributes: { KmsMasterKeyId: kmsMasterKeyId } }));
  return { id: TopicArn!, arn: TopicArn };
};

const topicPolicy: Provisioner = async ({ clients }, { arn, policy }) => {
  const attribute = { TopicArn: arn, AttributeName: "Policy", AttributeValue: forPlainHttp(policy) };
  await clients.sns.send(new SetTopicAttributesCommand(attribute));
  return { id: arn };
};

const topicSubscription: Provisioner = async ({ clients }, { topic, protocol, endpoint }) => {
  const { SubscriptionArn } = await clients.sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true }),
  );
  return { id: SubscriptionArn!, arn: SubscriptionArn };
};

const metricAlarm: Provisioner = async ({ clients, aws }, inputs) => {
  await clients.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: inputs.name,
      AlarmDescription: inputs.alarmDescription,
      ComparisonOperator: inputs.comparisonOperator,
      Threshold: inputs.threshold,
      EvaluationPeriods: inputs.evaluationPeriods,
      TreatMissingData: inputs.treatMissingData,
      AlarmActions: inputs.alarmActions,
      OKActions: inputs.okActions,
      Metrics: inputs.metricQueries.map(metricQuery),
    }),
  );
  return { id: inputs.name, arn: `arn:aws:cloudwatch:${aws.region}:${aws.accountId}:alarm:${inputs.name}` };
};

function metricQuery({ id, expression, label, returnData, metric }: Inputs) {
  const stat = metric && {
    Metric: {
      Namespace: metric.namespace,
      MetricName: metric.metricName,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value: Value as string })),
    },
    Stat: metric.stat,
    Period: metric.period,
  };
  return { Id: id, Expression: expression, Label: label, ReturnData: returnData, MetricStat: stat };
}

const compositeAlarm: Provisioner = async ({ clients, aws }, { alarmName, alarmDescription, alarmRule, alarmActions, okActions }) => {
  await clients.cloudWatch.send(
    new PutCompositeAlarmCommand({
      AlarmName: alarmName,
      AlarmDescription: alarmDescription,
      AlarmRule: alarmRule,
      AlarmActions: alarmActions,
      OKActions: okActions,
    }),
  );
  return { id: alarmName, arn: `arn:aws:cloudwatch:${aws.region}:${aws.accountId}:alarm:${alarmName}` };
};

const dashboard: Provisioner = async ({ clients, aws }, { dashboardName, dashboardBody }) => {
  await clients.cloudWatch.send(new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody: dashboardBody }));
  return { id: dashboardName, dashboardArn: `arn:aws:cloudwatch::${aws.accountId}:dashboard/${dashboardName}` };
};

/** Keys, roles, stores and alarms. */
export const foundationProvisioners: Record<string, Provisioner> = {
  "aws:kms/key:Key": key,
  "aws:kms/alias:Alias": alias,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:dynamodb/table:Table": table,
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": topicSubscription,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": logMetricFilter,
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": compositeAlarm,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
};
