import { arn, idFrom, idFromArn, idFromName, pseudoUuid, withArn, type ResourceType } from "./resourceType";

/** CloudTrail, CloudWatch, CloudWatch Logs and SNS. */
export const monitoringTypes = {
  compositeAlarm: {
    token: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    outputs: ({ alarmName }, region) => ({ id: alarmName, arn: arn("cloudwatch", region, `alarm:${alarmName}`) }),
    replacedBy: ["alarmName"],
    cost: "priced",
    uniqueName: { input: "alarmName" },
  },
  dashboard: {
    token: "aws:cloudwatch/dashboard:Dashboard",
    outputs: ({ dashboardName }) => ({ id: dashboardName, dashboardArn: arn("cloudwatch", "", `dashboard/${dashboardName}`) }),
    replacedBy: ["dashboardName"],
    cost: "priced",
    uniqueName: { input: "dashboardName" },
  },
  logGroup: {
    token: "aws:cloudwatch/logGroup:LogGroup",
    outputs: idFromName("logs", "log-group:"),
    replacedBy: ["name", "logGroupClass"],
    cost: "priced",
    holdsData: true,
    uniqueName: { input: "name", awsError: () => "ResourceAlreadyExistsException: The specified log group already exists" },
  },
  logMetricFilter: {
    token: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    outputs: idFrom("name"),
    replacedBy: ["name", "logGroupName"],
    cost: "priced",
    uniqueName: { input: "name", scope: ["logGroupName", ""] },
  },
  metricAlarm: {
    token: "aws:cloudwatch/metricAlarm:MetricAlarm",
    outputs: idFromName("cloudwatch", "alarm:"),
    replacedBy: ["name"],
    cost: "priced",
    uniqueName: { input: "name" },
  },
  topic: {
    token: "aws:sns/topic:Topic",
    outputs: idFromArn("sns"),
    replacedBy: ["name", "fifoTopic"],
    cost: "negligible",
    uniqueName: { input: "name" },
  },
  topicPolicy: { token: "aws:sns/topicPolicy:TopicPolicy", outputs: idFrom("arn"), replacedBy: ["arn"], cost: "free" },
  topicSubscription: {
    token: "aws:sns/topicSubscription:TopicSubscription",
    outputs: ({ topic }, _region, logicalName) => withArn(`${topic}:${pseudoUuid(logicalName)}`),
    replacedBy: ["topic", "protocol", "endpoint"],
    cost: "negligible",
  },
  trail: {
    token: "awsx:cloudtrail:Trail",
    outputs: () => ({ id: "" }),
    replacedBy: undefined,
    cost: "priced",
    holdsData: true,
    uniqueName: { input: "name" },
  },
} as const satisfies Record<string, ResourceType>;
