import { PutCompositeAlarmCommand, PutDashboardCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, PutMetricFilterCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AttachRolePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand } from "@aws-sdk/client-kms";
import { CreateSecretCommand, DescribeSecretCommand, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { createTable } from "./table";
import { capitalized, createOrFind, forPlainHttp, type Inputs, type Provisioner } from "./types";

/** Keys, roles, stores and alarms. */
export const foundationProvisioners: Record<string, Provisioner> = {
  "aws:kms/key:Key": async ({ clients }, { description, policy }) => {
    const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand(capitalized({ description, policy })));
    return { id: KeyMetadata!.KeyId!, keyId: KeyMetadata!.KeyId, arn: KeyMetadata!.Arn };
  },
  "aws:kms/alias:Alias": async ({ clients }, { name, targetKeyId }) => {
    await clients.kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
    return { id: name, arn: name };
  },
  "aws:cloudwatch/logGroup:LogGroup": async ({ clients, aws }, { name, kmsKeyId, retentionInDays }) => {
    await clients.logs.send(new CreateLogGroupCommand({ logGroupName: name, kmsKeyId }));
    await clients.logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
    return { id: name, arn: `arn:aws:logs:${aws.region}:${aws.accountId}:log-group:${name}` };
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": async ({ clients }, { name, logGroupName, pattern, metricTransformation }) => {
    const { name: metricName, namespace, value, unit, dimensions } = metricTransformation;
    const metricTransformations = [{ metricName, metricNamespace: namespace, metricValue: value, unit, dimensions }];
    await clients.logs.send(new PutMetricFilterCommand({ filterName: name, logGroupName, filterPattern: pattern, metricTransformations }));
    return { id: name };
  },
  "aws:iam/role:Role": async ({ clients }, { name, assumeRolePolicy, description }) => {
    const { Role } = await clients.iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description }),
    );
    return { id: name, arn: Role!.Arn, uniqueId: Role!.RoleId };
  },
  "aws:iam/rolePolicy:RolePolicy": async ({ clients }, { role, name, policy }) => {
    await clients.iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
    return { id: `${role}:${name}` };
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": async ({ clients }, { role, policyArn }) => {
    await clients.iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    return { id: `${role}/${policyArn}` };
  },
  "aws:dynamodb/table:Table": createTable,
  "aws:sqs/queue:Queue": async (where, { name: QueueName, messageRetentionSeconds, kmsMasterKeyId, tags, ...inputs }) => {
    const { sqs } = where.clients;
    const { visibilityTimeoutSeconds, redrivePolicy } = inputs;
    const attributes = {
      MessageRetentionPeriod: String(messageRetentionSeconds),
      KmsMasterKeyId: kmsMasterKeyId,
      ...(visibilityTimeoutSeconds !== undefined && { VisibilityTimeout: String(visibilityTimeoutSeconds) }),
      ...(redrivePolicy !== undefined && { RedrivePolicy: redrivePolicy }),
    };
    const create = () => sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes, tags }));
    const { QueueUrl } = await createOrFind(where, create, () => sqs.send(new GetQueueUrlCommand({ QueueName })));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    return { id: QueueUrl!, url: QueueUrl, arn: Attributes!.QueueArn };
  },
  "aws:sqs/queuePolicy:QueuePolicy": async ({ clients }, { queueUrl: QueueUrl, policy }) => {
    const Policy = forPlainHttp(policy);
    if (Policy) await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    return { id: QueueUrl };
  },
  "aws:secretsmanager/secret:Secret": async (where, { name, description, kmsKeyId, tags }) => {
    const { secretsManager } = where.clients;
    const create = () => secretsManager.send(new CreateSecretCommand(capitalized({ name, description, kmsKeyId })));
    const { ARN } = await createOrFind(where, create, () => secretsManager.send(new DescribeSecretCommand({ SecretId: name })));
    const Tags = Object.entries(tags as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
    await secretsManager.send(new TagResourceCommand({ SecretId: ARN, Tags }));
    return { id: ARN!, arn: ARN };
  },
  "aws:sns/topic:Topic": async ({ clients }, { name, kmsMasterKeyId }) => {
    const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: name, Attributes: { KmsMasterKeyId: kmsMasterKeyId } }));
    return { id: TopicArn!, arn: TopicArn };
  },
  "aws:sns/topicPolicy:TopicPolicy": async ({ clients }, { arn, policy }) => {
    const attribute = { TopicArn: arn, AttributeName: "Policy", AttributeValue: forPlainHttp(policy) };
    await clients.sns.send(new SetTopicAttributesCommand(attribute));
    return { id: arn };
  },
  "aws:sns/topicSubscription:TopicSubscription": async ({ clients }, { topic, protocol, endpoint }) => {
    const { SubscriptionArn } = await clients.sns.send(
      new SubscribeCommand({ TopicArn: topic, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true }),
    );
    return { id: SubscriptionArn!, arn: SubscriptionArn };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": async ({ clients, aws }, inputs) => {
    const { name, alarmDescription, comparisonOperator, threshold, evaluationPeriods, treatMissingData, alarmActions, okActions } = inputs;
    await clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        ...capitalized({ alarmDescription, comparisonOperator, threshold, evaluationPeriods, treatMissingData, alarmActions }),
        OKActions: okActions,
        Metrics: inputs.metricQueries.map(metricQuery),
      }),
    );
    return { id: name, arn: `arn:aws:cloudwatch:${aws.region}:${aws.accountId}:alarm:${name}` };
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": async ({ clients, aws }, { okActions, alarmName, ...inputs }) => {
    const { alarmDescription, alarmRule, alarmActions } = inputs;
    const input = capitalized({ alarmName, alarmDescription, alarmRule, alarmActions });
    await clients.cloudWatch.send(new PutCompositeAlarmCommand({ ...input, OKActions: okActions }));
    return { id: alarmName, arn: `arn:aws:cloudwatch:${aws.region}:${aws.accountId}:alarm:${alarmName}` };
  },
  "aws:cloudwatch/dashboard:Dashboard": async ({ clients, aws }, { dashboardName, dashboardBody }) => {
    await clients.cloudWatch.send(new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody: dashboardBody }));
    return { id: dashboardName, dashboardArn: `arn:aws:cloudwatch::${aws.accountId}:dashboard/${dashboardName}` };
  },
};

function metricQuery({ id, expression, label, returnData, metric }: Inputs) {
  const { dimensions, stat, period, ...named } = metric ?? {};
  const Dimensions = Object.entries(dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: Value as string }));
  const MetricStat = metric && { Metric: { ...capitalized(named), Dimensions }, Stat: stat, Period: period };
  return { ...capitalized({ id, expression, label, returnData }), MetricStat };
}
