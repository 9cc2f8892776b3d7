import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const accountId = aws.getCallerIdentityOutput().accountId;
const region = aws.getRegionOutput().region;
const partition = aws.getPartitionOutput().partition;
const root = pulumi.interpolate`arn:${partition}:iam::${accountId}:root`;

// ---------------------------------------------------------------- topics

const alarmKey = new aws.kms.Key("alarm-key", {
  description: "Encrypts the topic of the alarms",
  enableKeyRotation: true,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Administration", Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
      {
        Sid: "Notifications",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
      },
    ],
  }),
});

const alarms = new aws.sns.Topic("alarms", { name: "parcel-alarms", kmsMasterKeyId: alarmKey.id });

new aws.sns.TopicPolicy("alarms-policy", {
  arn: alarms.arn,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "CloudWatchAlarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: alarms.arn,
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:cloudwatch:${region}:${accountId}:alarm:*` },
        },
      },
    ],
  }),
});

const parcels = new aws.sns.Topic("parcels", { name: "parcel-events" });

new aws.sns.TopicPolicy("parcels-policy", {
  arn: parcels.arn,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Owner",
        Effect: "Allow",
        Principal: { AWS: root },
        Action: ["sns:Publish", "sns:Subscribe", "sns:ListSubscriptionsByTopic", "sns:SetSubscriptionAttributes"],
        Resource: parcels.arn,
      },
    ],
  }),
});

// ---------------------------------------------------------------- queues

const undelivered = new aws.sqs.Queue("undelivered", { name: "parcel-undelivered", messageRetentionSeconds: 1209600 });
const redrivePolicy = pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn, maxReceiveCount: 4 });

const tracking = new aws.sqs.Queue("tracking", {
  name: "parcel-tracking",
  visibilityTimeoutSeconds: 120,
  kmsMasterKeyId: "alias/aws/sqs",
  redrivePolicy,
});

const invoicing = new aws.sqs.Queue("invoicing", {
  name: "parcel-invoicing",
  visibilityTimeoutSeconds: 120,
  sqsManagedSseEnabled: true,
  redrivePolicy,
});

function allowTopic(name: string, queue: aws.sqs.Queue, topic: aws.sns.Topic) {
  return new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
        },
      ],
    }),
  });
}

allowTopic("tracking-policy", tracking, parcels);
allowTopic("invoicing-policy", invoicing, alarms);

// ---------------------------------------------------------------- subscriptions

new aws.sns.TopicSubscription("tracking-subscription", {
  topic: parcels.arn,
  protocol: "sqs",
  endpoint: tracking.arn,
  rawMessageDelivery: true,
  filterPolicy: JSON.stringify({ parcel: { state: ["IN_TRANSIT", "DELIVERED"] } }),
});

new aws.sns.TopicSubscription("invoicing-subscription", {
  topic: parcels.arn,
  protocol: "sqs",
  endpoint: invoicing.url,
  rawMessageDelivery: true,
  filterPolicyScope: "MessageAttributes",
  filterPolicy: JSON.stringify({ event: ["parcel.delivered"], weight: [{ numeric: [">", 0, "<=", 30] }] }),
});

new aws.sns.TopicSubscription("operators", {
  topic: alarms.arn,
  protocol: "email",
  endpoint: "operators@example.com",
  rawMessageDelivery: true,
});

// ---------------------------------------------------------------- alarms

const shared = { alarmActions: [alarms.arn], okActions: [alarms.arn] };

new aws.cloudwatch.MetricAlarm("tracking-backlog", {
  ...shared,
  alarmDescription: "Parcels wait for more than ten minutes",
  namespace: "AWS/SQS",
  metricName: "ApproximateAgeOfOldestMessage",
  dimensions: { QueueName: tracking.arn },
  statistic: "Maximum",
  period: 300,
  evaluationPeriods: 2,
  threshold: 600,
  comparisonOperator: "GreaterThanThreshold",
});

new aws.cloudwatch.MetricAlarm("undelivered-messages", {
  ...shared,
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: undelivered.name },
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  threshold: 0,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
});

new aws.cloudwatch.MetricAlarm("no-parcels", {
  ...shared,
  alarmDescription: "Nothing was published for two days",
  namespace: "AWS/SNS",
  metricName: "NumberOfMessagesPublished",
  dimensions: { TopicName: parcels.name },
  statistic: "Sum",
  period: 900,
  evaluationPeriods: 192,
  threshold: 1,
  comparisonOperator: "LessThanThreshold",
  treatMissingData: "breaching",
});

export const topicArn = parcels.arn;
