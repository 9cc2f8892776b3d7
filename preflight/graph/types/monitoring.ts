import { arn, idFrom, idFromArn, idFromName, pseudoUuid, withArn, freeRow, row } from "./resourceType";

/** CloudTrail, CloudWatch, CloudWatch Logs and SNS. */
export const monitoringTypes = {
  compositeAlarm: row(
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    { cost: "priced", replacedBy: ["alarmName"], uniqueName: "alarmName" },
    ({ alarmName }, region) => ({ id: alarmName, arn: arn("cloudwatch", region, `alarm:${alarmName}`) }),
  ),
  dashboard: row(
    "aws:cloudwatch/dashboard:Dashboard",
    { cost: "priced", replacedBy: ["dashboardName"], uniqueName: "dashboardName" },
    ({ dashboardName }) => ({ id: dashboardName, dashboardArn: arn("cloudwatch", "", `dashboard/${dashboardName}`) }),
  ),
  logGroup: row(
    "aws:cloudwatch/logGroup:LogGroup",
    {
      cost: "priced",
      replacedBy: ["name", "logGroupClass"],
      holdsData: true,
      uniqueName: "name",
      awsError: "ResourceAlreadyExistsException: The specified log group already exists",
    },
    idFromName("logs", "log-group:"),
  ),
  logMetricFilter: row(
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    { cost: "priced", replacedBy: ["name", "logGroupName"], uniqueName: "name", nameScope: ["logGroupName", ""] },
    idFrom("name"),
  ),
  metricAlarm: row(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    { cost: "priced", replacedBy: ["name"], uniqueName: "name" },
    idFromName("cloudwatch", "alarm:"),
  ),
  topic: row("aws:sns/topic:Topic", { cost: "negligible", replacedBy: ["name", "fifoTopic"], uniqueName: "name" }, idFromArn("sns")),
  topicPolicy: freeRow("aws:sns/topicPolicy:TopicPolicy", ["arn"], idFrom("arn")),
  topicSubscription: row(
    "aws:sns/topicSubscription:TopicSubscription",
    { cost: "negligible", replacedBy: ["topic", "protocol", "endpoint"] },
    ({ topic }, _region, logicalName) => withArn(`${topic}:${pseudoUuid(logicalName)}`),
  ),
  trail: row("awsx:cloudtrail:Trail", { cost: "priced", replacedBy: undefined, holdsData: true, uniqueName: "name" }, () => ({
    id: "",
  })),
};
