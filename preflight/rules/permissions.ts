import type { Graph } from "../graph/graph";
import { memoizedFor } from "../memo";
import { requiredByFunctions } from "../required/functions";
import { describeMissing, missingPermission, type MissingPermission } from "../required/permission";
import { requiredByPipes } from "../required/pipes";
import { requiredByServices } from "../required/services";
import { requiredByStateMachines } from "../required/stateMachines";
import type { RuleEntry } from "../rule";

/** Rules for missing permissions, without their check. A required permission names its rule. */
const consequences: Omit<RuleEntry, "check">[] = [
  {
    id: "lambda-log-permission",
    severity: "warning",
    awsError: "silent: the function runs, but nothing that it logs is stored",
    cause: "Lambda writes a function's log with the function's own role.",
    fix: "Allow logs:CreateLogStream and logs:PutLogEvents on the streams of its log group in a policy of the role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  },
  {
    id: "lambda-environment-key",
    awsError: "KMSAccessDeniedException: Lambda was unable to decrypt the environment variables because KMS access was denied.",
    cause: "Lambda decrypts a function's environment with the function's own role at each start.",
    fix: "Allow kms:Decrypt on the key in a policy of the role, and to the account in the key's policy.",
    link: "https://github.com/cattle-ops/terraform-aws-gitlab-runner/pull/1253",
  },
  {
    id: "lambda-dead-letter-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS",
    cause: "Lambda sends dead letters with the function's own role, and checks the permission when it creates the function.",
    fix: "Allow sqs:SendMessage on the queue in a policy of the role, and make the function depend on that policy.",
    link: "https://github.com/elastic/beats/issues/13963",
  },
  {
    id: "lambda-dead-letter-key",
    awsError: "silent: the function's dead letters are lost, and only the metric DeadLetterErrors counts them",
    cause: "SQS encrypts a message to an encrypted queue with the caller's permissions on the queue's key.",
    fix: "Allow kms:GenerateDataKey and kms:Decrypt on the queue's key in a policy of the role.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
  },
  {
    id: "lambda-trace-permission",
    awsError: "silent: Lambda samples requests, but no trace reaches X-Ray",
    cause: "A function with active tracing sends its segments with its own role.",
    fix: "Allow xray:PutTraceSegments and xray:PutTelemetryRecords on * in a policy of the role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
  },
  {
    id: "lambda-network-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    cause: "Lambda creates the network interfaces in a VPC with the function's role when it creates the function.",
    fix: "Allow the six ec2 actions of AWSLambdaVPCAccessExecutionRole on *, and make the function depend on that policy.",
    link: "https://github.com/aws/aws-sam-cli/issues/617",
  },
  {
    id: "lambda-call-permission",
    awsError: "AccessDeniedException: User is not authorized to perform the action because no identity-based policy allows it",
    cause: "The function's code makes a call that its role does not allow, or uses an encrypted resource without permission on its key.",
    fix: "Allow the action on the resource, and the key actions that it needs, in a policy of the role.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
  },
  {
    id: "state-machine-log-delivery",
    awsError: "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    cause: "Step Functions sets up log delivery with the state machine's role when it creates the state machine.",
    fix: "Allow the eight log-delivery actions on * in a policy of the role, and make the state machine depend on that policy.",
    link: "https://github.com/aws/aws-cdk/issues/26432",
  },
  {
    id: "state-machine-trace-permission",
    awsError: "silent: executions run, but no trace reaches X-Ray",
    cause: "A state machine with tracing sends its segments with its own role.",
    fix: "Allow the four xray actions on * in a policy of the role.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html",
  },
  {
    id: "state-machine-call-permission",
    awsError: "AccessDeniedException: User is not authorized to perform the action: the state fails with States.TaskFailed at run time",
    cause: "A state calls services with the state machine's role, and the first execution can start as soon as the state machine exists.",
    fix: "Allow the action on the resource, and the key actions that it needs, in a policy of the role, and make the state machine depend on it.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
  },
  {
    id: "pipe-source-permission",
    awsError:
      "ValidationException: Input parameter is invalid from the request due to : Cannot access stream. Please ensure the customer role can perform actions on source stream",
    cause: "A pipe reads its source with its own role, and AWS checks the permission when it creates the pipe.",
    fix: "Allow reading the source, and kms:Decrypt on its key, in a policy of the role, and make the pipe depend on it.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/40572",
  },
  {
    id: "pipe-target-permission",
    awsError: "silent: the pipe runs, but its log says «Target invocation failed with error from States. Not allowed to invoke»",
    cause: "A pipe calls its target with its own role.",
    fix: "Allow the call on the target, and the key actions that it needs, in a policy of the role, and make the pipe depend on it.",
    link: "https://github.com/terraform-aws-modules/terraform-aws-eventbridge/pull/134",
  },
  {
    id: "pipe-dead-letter-permission",
    awsError: "ValidationException: Input parameter is invalid from the request due to : Error occurred while sending message to SQS queue",
    cause: "A pipe sends exhausted records to its dead-letter queue with its own role.",
    fix: "Allow sqs:SendMessage on the queue, and kms:GenerateDataKey and kms:Decrypt on its key, in a policy of the role.",
    link: "https://github.com/aws-samples/serverless-patterns/issues/1543",
  },
  {
    id: "log-group-key",
    awsError: "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:…'",
    cause: "CloudWatch Logs encrypts in its own name, so the key's policy must allow it. Permissions of roles do not count.",
    fix: "Allow the five actions of AWS's example to logs.<region>.amazonaws.com in the key's policy, for the log group's ARN.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
  },
  {
    id: "alarm-topic-permission",
    awsError: "silent: the alarm's history says that it is not authorized to perform: SNS:Publish on the topic, and nobody is notified",
    cause: "If a topic has its own policy, alarms can publish only if that policy allows it.",
    fix: "Allow sns:Publish to cloudwatch.amazonaws.com in the topic's policy.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
  },
  {
    id: "alarm-topic-key",
    awsError: "silent: the alarm's history says «CloudWatch Alarms does not have authorization to access the SNS topic encryption key»",
    cause: "An alarm publishes to an encrypted topic in CloudWatch's own name, so the key's policy must allow CloudWatch.",
    fix: "Allow kms:Decrypt and kms:GenerateDataKey* to cloudwatch.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
  },
  {
    id: "api-invoke-permission",
    awsError: "silent: every request gets a 500, and the log says «Invalid permissions on Lambda function»",
    cause: "API Gateway calls a function in its own name, from the stage, method and path of the request.",
    fix: "Give the function a permission for apigateway.amazonaws.com whose sourceArn covers the stage, method and path.",
    link: "https://github.com/CodeGenieApp/serverless-express/issues/247",
  },
  {
    id: "api-logging-permission",
    awsError:
      "BadRequestException: The role ARN does not have required permissions configured. Please grant trust permission for API Gateway",
    cause: "API Gateway writes execution logs with the account's role, and checks the role when the account's settings name it.",
    fix: "Attach AmazonAPIGatewayPushToCloudWatchLogs to the role, and make the account's settings depend on the attachment.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
  },
  {
    id: "event-target-permission",
    awsError: "silent: the rule matches, but no event reaches the target; the metric FailedInvocations counts the failures",
    cause: "EventBridge calls a queue, a topic or a function in its own name, or with the target's role.",
    fix: "Allow the call to events.amazonaws.com in the target's policy, for the rule's ARN.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
  },
  {
    id: "event-target-key",
    awsError: "silent: the rule matches, but no event reaches the target; the metric FailedInvocations counts the failures",
    cause: "EventBridge encrypts messages to an encrypted queue or topic in its own name.",
    fix: "Allow kms:GenerateDataKey and kms:Decrypt to events.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
  },
  {
    id: "event-target-dead-letter-permission",
    awsError:
      "silent: events that the target does not permit, or does not accept within a day, are lost; the metric InvocationsFailedToBeSentToDlq counts them",
    cause: "EventBridge sends an event to the target's dead-letter queue in its own name, also if the target has a role.",
    fix: "Allow sqs:SendMessage to events.amazonaws.com in the dead-letter queue's policy, for the rule's ARN.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
  },
  {
    id: "schedule-target-permission",
    awsError: "silent: the schedule never runs its target, and the metric TargetErrorCount of AWS/Scheduler counts the failures",
    cause: "EventBridge Scheduler calls a target with the schedule's own role.",
    fix: "Allow the call on the target in a policy of the schedule's role.",
    link: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",
  },
  {
    id: "subscription-permission",
    awsError: "silent: messages never arrive; the topic's metric NumberOfNotificationsFailed counts the failures",
    cause: "A topic delivers in SNS's own name, so the policy of the queue or function must allow it.",
    fix: "Allow the delivery to sns.amazonaws.com, for the topic's ARN, in the policy of the queue or function.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
  },
  {
    id: "subscription-key",
    awsError: "silent: messages never arrive; the topic's metric NumberOfNotificationsFailed counts the failures",
    cause: "SNS encrypts messages to an encrypted queue in its own name.",
    fix: "Allow kms:GenerateDataKey* and kms:Decrypt to sns.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",
  },
  {
    id: "event-source-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call ReceiveMessage on SQS",
    cause: "Lambda polls a queue or stream with the function's own role, and checks the permission when it creates the mapping.",
    fix: "Allow reading the source, and kms:Decrypt on its key, in a policy of the role, and make the mapping depend on it.",
    link: "https://github.com/aws/aws-cdk/issues/6770",
  },
];

/** Lists all missing permissions of a graph, computed once for all rules. */
const missingIn = memoizedFor((graph: Graph): MissingPermission[] =>
  [requiredByFunctions, requiredByStateMachines, requiredByPipes, requiredByServices]
    .flatMap((list) => list(graph))
    .flatMap((required) => missingPermission(graph, required) ?? []),
);

/** One rule for each kind of call that a missing permission prevents. */
export const permissionRules: RuleEntry[] = consequences.map((rule) => ({
  ...rule,
  check: (graph) => describeMissing(missingIn(graph).filter(({ required }) => required.rule === rule.id)),
}));
