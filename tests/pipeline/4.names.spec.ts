import * as assert from "node:assert/strict";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateArchiveCommand, CreateEventBusCommand } from "@aws-sdk/client-eventbridge";
import { CreatePolicyCommand, CreateRoleCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, GetFunctionCommand } from "@aws-sdk/client-lambda";
import { CreatePipeCommand, DescribePipeCommand } from "@aws-sdk/client-pipes";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateScheduleCommand, GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { CreateSecretCommand, DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import { CreateTopicCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { Type } from "../../preflight/graph/types";
import { uniqueNames } from "../../preflight/graph/uniqueNames";
import { connectionTo } from "../../local/clients";
import { Cloud } from "../../testbed/engine/standIn/cloud";
import { sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

/** Compares the engine suite's simulated cloud with an independent emulator: both must refuse a name in use alike. */
describe("A name in use", () => {
  let pipeline: PipelineUnderTest;
  const region = "us-east-1";
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  before(async () => (pipeline = await sharedPipeline()));

  const answer = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: Error) => error,
    );

  /** Creates existing resources a second time, under the same name. */
  const again: Record<string, () => Promise<unknown>> = {
    /** In us-east-1 AWS answers 200, everywhere else 409. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
    [Type.bucket]: async () => {
      const client = new S3Client({ ...connectionTo(pipeline), region: "eu-central-1", forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const;
      const another = { Bucket: "made-twice", CreateBucketConfiguration };
      await client.send(new CreateBucketCommand(another));
      return client.send(new CreateBucketCommand(another));
    },
    [Type.eventArchive]: () => {
      const EventSourceArn = `arn:aws:events:${region}:000000000000:event-bus/default`;
      return pipeline.clients.eventBridge.send(
        new CreateArchiveCommand({ ArchiveName: pipeline.outputs.eventArchiveName as string, EventSourceArn }),
      );
    },
    [Type.eventBus]: () => pipeline.clients.eventBridge.send(new CreateEventBusCommand({ Name: pipeline.outputs.eventBusName })),
    [Type.iamPolicy]: async () => {
      const Statement = [{ Effect: "Allow", Action: "sqs:GetQueueUrl", Resource: "*" }];
      const twice = { PolicyName: "made-twice", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }) };
      await pipeline.clients.iam.send(new CreatePolicyCommand(twice));
      return pipeline.clients.iam.send(new CreatePolicyCommand(twice));
    },
    [Type.logGroup]: () =>
      pipeline.clients.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${pipeline.outputs.receiveFunctionName}` })),
    [Type.table]: () =>
      pipeline.clients.dynamodb.send(
        new CreateTableCommand({
          TableName: pipeline.outputs.tableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      ),
    [Type.role]: () =>
      pipeline.clients.iam.send(new CreateRoleCommand({ RoleName: pipeline.outputs.receiveFunctionName, AssumeRolePolicyDocument: trust })),
    [Type.alias]: () => {
      const AliasName = pipeline.outputs.tableName.replace("webhook-events-", "alias/webhook-data-");
      return pipeline.clients.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: pipeline.outputs.dataKeyId as string }));
    },
    [Type.function]: async () => {
      const FunctionName = pipeline.outputs.receiveFunctionName;
      const { Configuration } = await pipeline.clients.lambda.send(new GetFunctionCommand({ FunctionName }));
      const { Role, Runtime, Handler } = Configuration!;
      const ZipFile = Buffer.from("PK\x05\x06".padEnd(22, "\0"));
      return pipeline.clients.lambda.send(new CreateFunctionCommand({ FunctionName, Role, Runtime, Handler, Code: { ZipFile } }));
    },
    [Type.pipe]: async () => {
      const { Name, RoleArn, Source, Target } = await pipeline.clients.pipes.send(
        new DescribePipeCommand({ Name: pipeline.outputs.pipeName as string }),
      );
      return pipeline.clients.pipes.send(new CreatePipeCommand({ Name, RoleArn, Source, Target }));
    },
    [Type.schedule]: async () => {
      const Name = pipeline.outputs.tableName.replace("webhook-events-", "webhook-reconcile-");
      const { ScheduleExpression, FlexibleTimeWindow, Target } = await pipeline.clients.scheduler.send(new GetScheduleCommand({ Name }));
      return pipeline.clients.scheduler.send(new CreateScheduleCommand({ Name, ScheduleExpression, FlexibleTimeWindow, Target }));
    },
    [Type.secret]: () => pipeline.clients.secretsManager.send(new CreateSecretCommand({ Name: secretName() })),
    [Type.stateMachine]: async () => {
      const name = pipeline.outputs.stateMachineArn.split(":").at(-1)!;
      const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
      const { Roles } = await pipeline.clients.iam.send(new ListRolesCommand({}));
      return pipeline.clients.sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: Roles![0].Arn, type: "STANDARD" }));
    },
  };
  const secretName = () => pipeline.outputs.tableName.replace("webhook-events-", "webhook-stripe-");

  /** Types that a local run does not have: AWS WAF, the trail and a custom domain. */
  const elsewhere: string[] = [Type.webAcl, Type.cloudTrail, Type.domainName];
  for (const [type, { awsError }] of uniqueNames) {
    if (!awsError || elsewhere.includes(type)) continue;
    it(`is refused for ${type}, with the error code of the simulated cloud`, async () => {
      const error = await answer(again[type]());
      const code = awsError.split(":")[0];
      assert.ok(error, `${type} is made twice`);
      assert.equal(error.name.replace(/Exception$/, ""), code.replace(/Exception$/, ""), error.message);
    });
  }

  it("returns the same topic or queue", async () => {
    const { clients, outputs } = pipeline;
    for (const type of [Type.topic, Type.queue]) assert.equal(uniqueNames.get(type)?.awsError, undefined);
    const topicArn = outputs.alertTopicArn as string;
    const topic = await clients.sns.send(new CreateTopicCommand({ Name: topicArn.split(":").at(-1) }));
    assert.equal(topic.TopicArn, topicArn);
    const queue = await clients.sqs.send(new CreateQueueCommand({ QueueName: outputs.deadLetterQueueUrl.split("/").at(-1) }));
    assert.equal(queue.QueueUrl, outputs.deadLetterQueueUrl);
  });

  /** AWS says "already scheduled for deletion"; the emulator says that it exists. */
  it("stays in use while a deleted secret can be restored, also in the simulated cloud", async () => {
    const { secretsManager } = pipeline.clients;
    const Name = "deleted-for-a-while";
    await secretsManager.send(new CreateSecretCommand({ Name, SecretString: "{}" }));
    await secretsManager.send(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 30 }));
    const error = await answer(secretsManager.send(new CreateSecretCommand({ Name, SecretString: "{}" })));
    const cloud = new Cloud(region);
    const { id } = cloud.create(Type.secret, "secret", { name: Name, recoveryWindowInDays: 30 });
    cloud.delete(Type.secret, id, "secret");
    assert.throws(() => cloud.create(Type.secret, "secret", { name: Name }), /scheduled for deletion/);
    assert.ok(error, "it is made beside the one that can be restored");
    await secretsManager.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
    await secretsManager.send(new CreateSecretCommand({ Name, SecretString: "{}" }));
  });
});
