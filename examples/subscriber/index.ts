import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { WebhookPipeline } from "webhook-pipeline";

const pipeline = new WebhookPipeline("hooks", { sources: ["stripe"] });

const queue = new aws.sqs.Queue("payments", { visibilityTimeoutSeconds: 60, sqsManagedSseEnabled: true });

const rule = new aws.cloudwatch.EventRule("payments", {
  eventBusName: pipeline.eventBusName,
  eventPattern: JSON.stringify({ source: ["webhook.pipeline"], "detail-type": ["payment.succeeded"] }),
});

const queuePolicy = new aws.sqs.QueuePolicy("payments", {
  queueUrl: queue.url,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
      },
    ],
  }),
});

new aws.cloudwatch.EventTarget(
  "payments",
  { rule: rule.name, eventBusName: pipeline.eventBusName, arn: queue.arn },
  { dependsOn: [queuePolicy] },
);

const role = new aws.iam.Role("payments", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});

const rolePolicy = new aws.iam.RolePolicyAttachment("payments", {
  role: role.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
});

const book = new aws.lambda.Function(
  "payments",
  {
    runtime: aws.lambda.Runtime.NodeJS24dX,
    handler: "index.handler",
    role: role.arn,
    timeout: 10,
    code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.FileAsset("book.mjs") }),
  },
  { dependsOn: [rolePolicy] },
);

new aws.lambda.EventSourceMapping("payments", {
  eventSourceArn: queue.arn,
  functionName: book.name,
  functionResponseTypes: ["ReportBatchItemFailures"],
});

export const url = pipeline.urls.stripe;
export const queueUrl = queue.url;
