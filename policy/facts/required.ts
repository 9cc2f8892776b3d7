import { Type } from "../../graph/types";

/** Inputs without which AWS makes none of these, or makes it without what it is for; by type. */
export const requiredInputs: Readonly<Record<string, readonly string[]>> = {
  [Type.account]: ["cloudwatchRoleArn"],
  [Type.alias]: ["name", "targetKeyId"],
  [Type.apiDeployment]: ["restApi"],
  [Type.apiIntegration]: ["restApi", "resourceId", "httpMethod", "type"],
  [Type.apiMethod]: ["restApi", "resourceId", "httpMethod", "authorization"],
  [Type.bucketPolicy]: ["bucket", "policy"],
  [Type.compositeAlarm]: ["alarmName", "alarmRule"],
  [Type.dashboard]: ["dashboardName", "dashboardBody"],
  [Type.eventSourceMapping]: ["functionName"],
  [Type.eventTarget]: ["rule", "arn"],
  [Type.keyPolicy]: ["keyId", "policy"],
  [Type.methodSettings]: ["restApi", "stageName", "methodPath", "settings"],
  [Type.permission]: ["function", "action", "principal"],
  [Type.queuePolicy]: ["queueUrl", "policy"],
  [Type.role]: ["assumeRolePolicy"],
  [Type.rolePolicy]: ["role", "policy"],
  [Type.rolePolicyAttachment]: ["role", "policyArn"],
  [Type.stage]: ["restApi", "deployment", "stageName"],
  [Type.stateMachine]: ["roleArn", "definition"],
  [Type.topicPolicy]: ["arn", "policy"],
  [Type.topicSubscription]: ["topic", "protocol", "endpoint"],
  [Type.webAcl]: ["scope", "defaultAction", "visibilityConfig"],
  [Type.webAclAssociation]: ["resourceArn", "webAclArn"],
  [Type.webAclLogging]: ["resourceArn", "logDestinationConfigs"],
  [Type.certificateValidation]: ["certificateArn"],
  [Type.basePathMapping]: ["restApi", "domainName"],
  [Type.domainName]: ["domainName"],
  [Type.record]: ["zoneId", "name", "type"],
};

/** Inputs that name another resource of the graph by its id or name, and the type of that; ARNs speak for themselves. */
export const namingInputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [Type.alias]: { targetKeyId: Type.key },
  [Type.apiDeployment]: { restApi: Type.restApi },
  [Type.apiIntegration]: { restApi: Type.restApi, resourceId: Type.apiResource },
  [Type.apiMethod]: { restApi: Type.restApi, resourceId: Type.apiResource },
  [Type.eventTarget]: { rule: Type.eventRule },
  [Type.methodSettings]: { restApi: Type.restApi, stageName: Type.stage },
  [Type.permission]: { function: Type.function },
  [Type.queuePolicy]: { queueUrl: Type.queue },
  [Type.rolePolicy]: { role: Type.role },
  [Type.rolePolicyAttachment]: { role: Type.role },
  [Type.stage]: { restApi: Type.restApi, deployment: Type.apiDeployment },
  [Type.basePathMapping]: {
    restApi: Type.restApi,
    stageName: Type.stage,
    domainName: Type.domainName,
  },
};
