import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PipesClient } from "@aws-sdk/client-pipes";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { endedAfter } from "../handlers/aws/clientOptions";
import "./sdkWarning";

/** Endpoint and credentials of a local AWS. */
export interface LocalAws {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Options with which a client of any service reaches its AWS. */
export interface Connection {
  endpoint?: string;
  region: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
  requestHandler: ReturnType<typeof endedAfter>;
}

/** Longer than any call: an invocation of the reconciler may take a minute. */
const patienceMs = 90_000;

/** Returns how clients reach a local AWS. @param tryMs time for one of two tries; as long as the longest call takes if left out */
export function connectionTo({ endpoint, region, accessKeyId, secretAccessKey }: LocalAws, tryMs = patienceMs): Connection {
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 2, requestHandler: endedAfter(tryMs) };
}

/** Creates a client of every service that the pipeline uses, at one endpoint. @param tryMs as for `connectionTo` */
export function createClients(aws: LocalAws, tryMs?: number) {
  const options = connectionTo(aws, tryMs);
  return {
    apiGateway: new APIGatewayClient(options),
    cloudWatch: new CloudWatchClient(options),
    dynamodb: new DynamoDBClient(options),
    dynamodbStreams: new DynamoDBStreamsClient(options),
    eventBridge: new EventBridgeClient(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    pipes: new PipesClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    scheduler: new SchedulerClient(options),
    secretsManager: new SecretsManagerClient(options),
    sfn: new SFNClient(options),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
    sts: new STSClient(options),
  };
}
export type Clients = ReturnType<typeof createClients>;
