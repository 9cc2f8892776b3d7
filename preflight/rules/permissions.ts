import type { Graph } from "../graph";
import { memoizedFor } from "../memo";
import { requiredByFunctions } from "../required/functions";
import { describeMissing, missingPermission, type MissingPermission } from "../required/permission";
import { requiredByPipes } from "../required/pipes";
import { requiredByServices } from "../required/services";
import { requiredByStateMachines } from "../required/stateMachines";
import type { RuleEntry } from "../rule";

/** What AWS says, by the rule that a required permission names. */
const consequences: Omit<RuleEntry, "check">[] = [
  {
    id: "lambda-log-permission",
    severity: "warning",
    awsError: "silent: the function runs and nothing that it logs is kept",
    cause: "Lambda writes a function's log with the function's own role.",
    fix: "Allow logs:CreateLogStream and logs:PutLogEvents on the streams of its log group in a policy of the role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  },
  {
    id: "lambda-environment-key",
    awsError: "KMSAccessDeniedException: Lambda was unable to decrypt the environment variables because KMS access was denied.",
    cause: "Lambda decrypts a function's environment with the function's own role, each time that it starts.",
    fix: "Allow kms:Decrypt on the key in a policy of the role, and to the account in the key's policy.",
    link: "https://github.com/cattle-ops/terraform-aws-gitlab-runner/pull/1253",
  },
  {
    id: "lambda-dead-letter-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS",
    cause: "Lambda sends dead letters with the function's own role, and checks it when it creates the function.",
    fix: "Allow sqs:SendMessage on the queue in a policy of the role, and let the function depend on that policy.",
    link: "https://github.com/elastic/beats/issues/13963",
  },
  {
    id: "lambda-dead-letter-key",
    awsError: "silent: the dead letters of the function are lost, and only the metric DeadLetterErrors counts them",
    cause: "A message to an encrypted queue is encrypted with the source's right to the queue's key.",
    fix: "Allow kms:GenerateDataKey and kms:Decrypt on the queue's key in a policy of the role.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
  },
  {
    id: "lambda-trace-permission",
    awsError: "silent: Lambda samples requests, and no trace of them arrives at X-Ray",
    cause: "A function with active tracing sends its segments with its own role.",
    fix: "Allow xray:PutTraceSegments and xray:PutTelemetryRecords on * in a policy of the role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
  },
  {
    id: "lambda-network-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    cause: "Lambda makes the interfaces in a VPC with the function's role, when it creates the function.",
    fix: "Allow the six ec2 actions of AWSLambdaVPCAccessExecutionRole on *, and let the function depend on that policy.",
    link: "https://github.com/aws/aws-sam-cli/issues/617",
  },
  {
    id: "lambda-call-permission",
    awsError: "AccessDeniedException: User is not authorized to perform the action because no identity-based policy allows it",
    cause: "The function's code makes a call that its role does not allow, or whose target's key it may not use.",
    fix: "Allow the action on the resource, and what its key takes, in a policy of the role.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
  },
  {
    id: "state-machine-log-delivery",
    awsError: "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    cause: "Step Functions sets the delivery of logs up with the state machine's role, while it creates the state machine.",
    fix: "Allow the eight log-delivery actions on * in a policy of the role, and let the state machine depend on that policy.",
    link: "https://github.com/aws/aws-cdk/issues/26432",
  },
  {
    id: "state-machine-trace-permission",
    awsError: "silent: executions run, and no trace of them arrives at X-Ray",
    cause: "A state machine with tracing sends its segments with its own role.",
    fix: "Allow the four xray actions on * in a policy of the role.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html",
  },
  {
    id: "state-machine-call-permission",
    awsError: "AccessDeniedException: User is not authorized to perform the action: the state fails with States.TaskFailed at run time",
    cause: "A state calls a service with the state machine's role; the first execution may come as soon as the state machine is there.",
    fix: "Allow the action on the resource, and what its key takes, in a policy of the role; let the state machine depend on it.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
  },
  {
    id: "pipe-source-permission",
    awsError:
      "ValidationException: Input parameter is invalid from the request due to : Cannot access stream. Please ensure the customer role can perform actions on source stream",
    cause: "A pipe reads its source with its own role, and checks it while it is being made.",
    fix: "Allow reading the source, and kms:Decrypt on its key, in a policy of the role, and let the pipe depend on it.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/40572",
  },
  {
    id: "pipe-target-permission",
    awsError: "silent: the pipe runs and its log says «Target invocation failed with error from States. Not allowed to invoke»",
    cause: "A pipe calls its target with its own role.",
    fix: "Allow the call on the target, and what its key takes, in a policy of the role, and let the pipe depend on it.",
    link: "https://github.com/terraform-aws-modules/terraform-aws-eventbridge/pull/134",
  },
  {
    id: "pipe-dead-letter-permission",
    awsError: "ValidationException: Input parameter is invalid from the request due to : Error occurred while sending message to SQS queue",
    cause: "A pipe sends what it gives up to its dead-letter queue with its own role.",
    fix: "Allow sqs:SendMessage on the queue, and its key's kms:GenerateDataKey and kms:Decrypt, in a policy of the role.",
    link: "https://github.com/aws-samples/serverless-patterns/issues/1543",
  },
  {
    id: "log-group-key",
    awsError: "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:…'",
    cause: "CloudWatch Logs encrypts as a service: the key's own policy must name it; what roles may do does not count.",
    fix: "Allow the five actions of AWS's example to logs.<region>.amazonaws.com in the key's policy, for the log group's ARN.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
  },
  {
    id: "alarm-topic-permission",
    awsError: "silent: the alarm's history says that it is not authorized to perform: SNS:Publish on the topic, and nobody is told",
    cause: "A topic with a policy of its own lets alarms publish only if that policy says so.",
    fix: "Allow sns:Publish to cloudwatch.amazonaws.com in the topic's policy.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
  },
  {
    id: "alarm-topic-key",
    awsError: "silent: the alarm's history says «CloudWatch Alarms does not have authorization to access the SNS topic encryption key»",
    cause: "An alarm publishes to an encrypted topic in CloudWatch's own name, so the key's policy must name it.",
    fix: "Allow kms:Decrypt and kms:GenerateDataKey* to cloudwatch.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
  },
  {
    id: "api-invoke-permission",
    awsError: "silent: every request is answered with 500; the log says «Invalid permissions on Lambda function»",
    cause: "API Gateway calls a function in its own name, as the stage, method and path that the request came to.",
    fix: "Give the function a permission for apigateway.amazonaws.com whose sourceArn covers stage, method and path.",
    link: "https://github.com/CodeGenieApp/serverless-express/issues/247",
  },
  {
    id: "api-logging-permission",
    awsError:
      "BadRequestException: The role ARN does not have required permissions configured. Please grant trust permission for API Gateway",
    cause: "API Gateway writes execution logs with the account's role, and checks it when the account is told of it.",
    fix: "Attach AmazonAPIGatewayPushToCloudWatchLogs to the role, and let the account's settings depend on the attachment.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
  },
  {
    id: "event-target-permission",
    awsError: "silent: the rule matches, and its metric FailedInvocations counts what never arrived",
    cause: "EventBridge calls a queue, a topic or a function in its own name, or with the target's role.",
    fix: "Allow the call to events.amazonaws.com in the target's policy, for the rule's ARN.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
  },
  {
    id: "event-target-key",
    awsError: "silent: the rule matches, and its metric FailedInvocations counts what never arrived",
    cause: "EventBridge encrypts in its own name what it sends to an encrypted queue or topic.",
    fix: "Allow kms:GenerateDataKey and kms:Decrypt to events.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
  },
  {
    id: "schedule-target-permission",
    awsError: "silent: nothing is ever started, and the metric TargetErrorCount of AWS/Scheduler counts it",
    cause: "EventBridge Scheduler calls a target with the schedule's own role.",
    fix: "Allow the call on the target in a policy of the schedule's role.",
    link: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",
  },
  {
    id: "subscription-permission",
    awsError: "silent: what is published never arrives, and the topic's metric NumberOfNotificationsFailed counts it",
    cause: "A topic delivers in SNS's own name, so the policy of the queue or function must allow it.",
    fix: "Allow the delivery to sns.amazonaws.com, for the topic's ARN, in the policy of the queue or function.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
  },
  {
    id: "subscription-key",
    awsError: "silent: what is published never arrives, and the topic's metric NumberOfNotificationsFailed counts it",
    cause: "SNS encrypts in its own name what it delivers to an encrypted queue.",
    fix: "Allow kms:GenerateDataKey* and kms:Decrypt to sns.amazonaws.com in the key's policy.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",
  },
  {
    id: "event-source-permission",
    awsError: "InvalidParameterValueException: The provided execution role does not have permissions to call ReceiveMessage on SQS",
    cause: "Lambda polls a queue or stream with the function's own role, and checks it when the mapping is made.",
    fix: "Allow reading the source, and kms:Decrypt on its key, in a policy of the role, and let the mapping depend on it.",
    link: "https://github.com/aws/aws-cdk/issues/6770",
  },
];

/** All permissions that are missing in a graph; found once for all rules. */
const missingIn = memoizedFor((graph: Graph): MissingPermission[] =>
  [requiredByFunctions, requiredByStateMachines, requiredByPipes, requiredByServices]
    .flatMap((list) => list(graph))
    .flatMap((required) => missingPermission(graph, required) ?? []),
);

/** One rule for each kind of work that a missing permission stops. */
export const permissionRules: RuleEntry[] = consequences.map((rule) => ({
  ...rule,
  check: (graph) => describeMissing(missingIn(graph).filter(({ required }) => required.rule === rule.id)),
}));
