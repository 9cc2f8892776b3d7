import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const service = "claims";
const code = new pulumi.asset.AssetArchive({
  "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});"),
});
const trust = (principal: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: principal }, Action: "sts:AssumeRole" }],
  });

const claims = new aws.dynamodb.Table("claims", {
  name: `${service}-${pulumi.getStack()}`,
  attributes: [{ name: "claimId", type: "S" }],
  hashKey: "claimId",
  billingMode: "PAY_PER_REQUEST",
});

const decisions = new aws.sns.Topic("claim-decisions", { name: "claim-decisions" });

const assessRole = new aws.iam.Role("assess-claim", { assumeRolePolicy: trust("lambda.amazonaws.com") });
const assessLogs = new aws.iam.RolePolicyAttachment("assess-claim-logs", {
  role: assessRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});
const assess = new aws.lambda.Function(
  "assess-claim",
  { role: assessRole.arn, runtime: "nodejs22.x", handler: "index.handler", timeout: 20, code },
  { dependsOn: [assessLogs] },
);

const workflowRole = new aws.iam.Role("claim-workflow", { assumeRolePolicy: trust("states.amazonaws.com") });
const workflowPolicy = new aws.iam.RolePolicy("claim-workflow", {
  role: workflowRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: [assess.arn, pulumi.interpolate`${assess.arn}:*`] },
      { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: claims.arn },
      { Effect: "Allow", Action: "sns:Publish", Resource: decisions.arn },
    ],
  }),
});

const workflowLogs = new aws.cloudwatch.LogGroup("claim-workflow", {
  name: `/aws/vendedlogs/states/${service}`,
  retentionInDays: 14,
});

const workflow = new aws.sfn.StateMachine(
  "claim-workflow",
  {
    name: `${service}-workflow`,
    type: "EXPRESS",
    roleArn: workflowRole.arn,
    loggingConfiguration: { level: "ERROR", includeExecutionData: true, logDestination: workflowLogs.arn },
    definition: pulumi.jsonStringify({
      Comment: "Records, assesses and settles a claim",
      StartAt: "Record claim",
      States: {
        "Record claim": {
          Type: "Task",
          Resource: "arn:aws:states:::dynamodb:putItem",
          Parameters: {
            TableName: claims.name,
            Item: { claimId: { "S.$": "$.detail.claimId" }, state: { S: "RECEIVED" } },
          },
          ResultPath: null,
          Next: "Assess claim",
        },
        "Assess claim": {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { FunctionName: assess.arn, "Payload.$": "$.detail" },
          ResultSelector: { "verdict.$": "$.Payload.verdict" },
          ResultPath: "$.assessment",
          Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException"], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 }],
          Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Reject Claim" }],
          Next: "Which verdict?",
        },
        "Which verdict?": {
          Type: "Choice",
          Choices: [
            { Variable: "$.assessment.verdict", StringEquals: "ACCEPTED", Next: "Settle claim" },
            { Variable: "$.assessment.verdict", StringEquals: "UNSURE", Next: "Ask an adjuster" },
          ],
          Default: "Reject claim",
        },
        "Ask an adjuster": {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
          Parameters: { FunctionName: assess.arn, Payload: { "token.$": "$$.Task.Token", "claim.$": "$.detail" } },
          ResultPath: null,
          Next: "Settle claim",
        },
        "Settle claim": {
          Type: "Task",
          Resource: "arn:aws:states:::dynamodb:updateItem",
          Parameters: {
            TableName: claims.name,
            Key: { claimId: { S: "$.detail.claimId" } },
            UpdateExpression: "SET #state = :settled",
            ExpressionAttributeNames: { "#state": "state" },
            ExpressionAttributeValues: { ":settled": { S: "SETTLED" } },
          },
          ResultPath: null,
          Next: "Announce settlement",
        },
        "Announce settlement": {
          Type: "Task",
          Resource: "arn:aws:states:::sns:publish",
          Parameters: {
            TopicArn: "arn:aws:sns:eu-west-1:123456789012:claim-decisions",
            "Message.$": "States.Format('Claim {} is settled', $.detail.claimId)",
          },
          End: true,
        },
        "Reject claim": {
          Type: "Task",
          Resource: "arn:aws:states:::sns:publish",
          Parameters: { TopicArn: decisions.arn, "Message.$": "States.Format('Claim {} is rejected', $.detail.claimId)" },
          Next: "Rejected",
        },
        Rejected: { Type: "Fail", Error: "ClaimRejected", Cause: "The claim was rejected" },
      },
    }),
  },
  { dependsOn: [workflowPolicy] },
);

const startRole = new aws.iam.Role("start-claim-workflow", {
  name: "claims-management-eventbridge-start-claim-workflow-execution-role",
  assumeRolePolicy: trust("events.amazonaws.com"),
});
const startPolicy = new aws.iam.RolePolicy("start-claim-workflow", {
  role: startRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "states:StartExecution", Resource: workflow.arn }],
  }),
});

const submitted = new aws.cloudwatch.EventRule("claim-submitted", {
  description: "A customer submitted a claim",
  eventPattern: JSON.stringify({ source: ["com.example.claims"], "detail-type": ["ClaimSubmitted"] }),
});
new aws.cloudwatch.EventTarget("claim-submitted", { rule: submitted.name, arn: workflow.arn });

const nightly = new aws.cloudwatch.EventRule("nightly-claim-check", { scheduleExpression: "cron(30 2 * * * *)" });
new aws.cloudwatch.EventTarget(
  "nightly-claim-check",
  { rule: nightly.name, arn: workflow.arn, roleArn: startRole.arn, input: JSON.stringify({ detail: { claimId: "canary" } }) },
  { dependsOn: [startPolicy] },
);

export const workflowArn = workflow.arn;
