import { Type } from "../graph/types";

/** The operation that creates a resource, and the members that have another name there; all paths in lower case. */
export interface Creation {
  operation: string;
  renamed: Readonly<Record<string, string>>;
}

const creation = (operation: string, renamed: Record<string, string> = {}): Creation => ({ operation, renamed });

/** Operations by Pulumi type. A member whose name differs only in case needs no entry. */
export const creations: Readonly<Record<string, Creation>> = {
  [Type.function]: creation("lambda:CreateFunction"),
  [Type.functionEventInvokeConfig]: creation("lambda:PutFunctionEventInvokeConfig"),
  [Type.permission]: creation("lambda:AddPermission", { function: "functionname" }),
  [Type.eventSourceMapping]: creation("lambda:CreateEventSourceMapping"),
  [Type.table]: creation("dynamodb:CreateTable", {
    "attributes[].name": "attributedefinitions[].attributename",
    "attributes[].type": "attributedefinitions[].attributetype",
    "globalsecondaryindexes[].name": "globalsecondaryindexes[].indexname",
    "globalsecondaryindexes[].projectiontype": "globalsecondaryindexes[].projection.projectiontype",
    streamviewtype: "streamspecification.streamviewtype",
  }),
  [Type.stateMachine]: creation("stepfunctions:CreateStateMachine"),
  [Type.pipe]: creation("pipes:CreatePipe"),
  [Type.metricAlarm]: creation("cloudwatch:PutMetricAlarm", {
    "metricqueries[].id": "metrics[].id",
    "metricqueries[].expression": "metrics[].expression",
    "metricqueries[].metric.namespace": "metrics[].metricstat.metric.namespace",
    "metricqueries[].metric.metricname": "metrics[].metricstat.metric.metricname",
  }),
  [Type.compositeAlarm]: creation("cloudwatch:PutCompositeAlarm"),
  [Type.logGroup]: creation("logs:CreateLogGroup"),
  [Type.logMetricFilter]: creation("logs:PutMetricFilter", {
    name: "filtername",
    pattern: "filterpattern",
    "metrictransformation.name": "metrictransformations[].metricname",
    "metrictransformation.namespace": "metrictransformations[].metricnamespace",
    "metrictransformation.value": "metrictransformations[].metricvalue",
    "metrictransformation.unit": "metrictransformations[].unit",
  }),
  [Type.eventBus]: creation("events:CreateEventBus"),
  [Type.eventArchive]: creation("events:CreateArchive", { name: "archivename" }),
  [Type.schedule]: creation("scheduler:CreateSchedule"),
  [Type.eventRule]: creation("events:PutRule"),
  [Type.key]: creation("kms:CreateKey", { customermasterkeyspec: "keyspec" }),
  [Type.secret]: creation("secretsmanager:CreateSecret"),
  [Type.role]: creation("iam:CreateRole"),
  [Type.rolePolicy]: creation("iam:PutRolePolicy", { name: "policyname" }),
  [Type.restApi]: creation("apigateway:CreateRestApi"),
  [Type.apiIntegration]: creation("apigateway:PutIntegration"),
  [Type.domainName]: creation("apigateway:CreateDomainName"),
  [Type.webAcl]: creation("wafv2:CreateWebACL"),
  [Type.webAclLogging]: creation("wafv2:PutLoggingConfiguration", {
    "redactedfields[].singleheader.name": "loggingconfiguration.redactedfields[].singleheader.name",
    "loggingfilter.defaultbehavior": "loggingconfiguration.loggingfilter.defaultbehavior",
    "loggingfilter.filters[].behavior": "loggingconfiguration.loggingfilter.filters[].behavior",
    "loggingfilter.filters[].requirement": "loggingconfiguration.loggingfilter.filters[].requirement",
    "loggingfilter.filters[].conditions[].actioncondition.action":
      "loggingconfiguration.loggingfilter.filters[].conditions[].actioncondition.action",
  }),
  [Type.certificate]: creation("acm:RequestCertificate"),
  [Type.record]: creation("route53:ChangeResourceRecordSets", {
    type: "changebatch.changes[].resourcerecordset.type",
    ttl: "changebatch.changes[].resourcerecordset.ttl",
  }),
};

/** API operations behind Step Functions' optimized integrations, by the name that states use. */
export const integrations: Readonly<Record<string, string>> = {
  "dynamodb:getItem": "dynamodb:GetItem",
  "dynamodb:putItem": "dynamodb:PutItem",
  "dynamodb:updateItem": "dynamodb:UpdateItem",
  "dynamodb:deleteItem": "dynamodb:DeleteItem",
  "events:putEvents": "events:PutEvents",
  "lambda:invoke": "lambda:Invoke",
  "sns:publish": "sns:Publish",
  "sqs:sendMessage": "sqs:SendMessage",
  "states:startExecution": "stepfunctions:StartExecution",
};
