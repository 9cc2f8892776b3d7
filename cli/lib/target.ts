import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { ProviderName } from "../../domain/sources";
import { endedAfter } from "../../handlers/aws/clientOptions";
import { findPipeline } from "./announcement";
import { connectionTo, type Connection } from "../../local/clients";
import { UserError } from "../../domain/userError";
import { requirePulumi, runPulumi } from "./pulumi";
import { readStackConfig } from "../../config/stackFile";

/** The outputs of a stack that the commands about events need. */
const outputNames = ["tableName", "payloadBucketName", "deadLetterQueueUrl", "eventBusName", "eventArchiveName"] as const;

/** The pipeline that a command is about, and the clients that reach it. */
export interface Target extends Record<(typeof outputNames)[number], string> {
  dynamodb: DynamoDBClient;
  eventBridge: EventBridgeClient;
  s3: S3Client;
  sqs: SQSClient;
  /** The URL of each source, by the source's name. */
  webhookUrls: Readonly<Record<string, string>>;
}

/** The sources' secrets of a pipeline: each by the source's name. */
export interface SecretsTarget {
  secretsManager: SecretsManagerClient;
  providers: Readonly<Record<string, ProviderName>>;
  secretArns: Readonly<Record<string, string>>;
  webhookUrls: Readonly<Record<string, string>>;
}

/** Finds a stack by its name, through its outputs in Pulumi's state, with AWS's own credentials; without a name, the local run.
 * @throws UserError if there is none. */
export async function findTarget(stack: string | undefined): Promise<Target> {
  const { connection, outputs } = await find(stack);
  return {
    dynamodb: new DynamoDBClient(connection),
    eventBridge: new EventBridgeClient(connection),
    s3: new S3Client(connection),
    sqs: new SQSClient(connection),
    webhookUrls: outputs.webhookUrls as Target["webhookUrls"],
    ...(Object.fromEntries(outputNames.map((name) => [name, outputs[name]])) as Record<(typeof outputNames)[number], string>),
  };
}

/** Finds the secrets of a stack's sources, or of the local run. @throws UserError if there is no such stack */
export async function findSecrets(stack: string | undefined): Promise<SecretsTarget> {
  const { connection, outputs } = await find(stack);
  const { providers, secretArns, webhookUrls } = outputs as Partial<Omit<SecretsTarget, "secretsManager">>;
  if (!providers || !secretArns || !webhookUrls)
    throw new UserError(`The stack ${stack} was deployed by an older version of this program: deploy it again first.`);
  return { secretsManager: new SecretsManagerClient(connection), providers, secretArns, webhookUrls };
}

async function find(stack: string | undefined): Promise<{ connection: Connection; outputs: Record<string, unknown> }> {
  if (stack === undefined) {
    const pipeline = await findPipeline();
    return { connection: { ...connectionTo(pipeline), requestHandler: endedAfter(tryMs) }, outputs: pipeline.outputs };
  }
  const region = readStackConfig(stack)["aws:region"];
  requirePulumi();
  const outputs = JSON.parse(runPulumi("stack", "output", "--json", "--stack", stack)) as Record<string, unknown>;
  if (typeof outputs.tableName !== "string") throw new UserError(`The stack ${stack} has no outputs: it is not deployed.`);
  return { connection: stackConnection(region), outputs };
}

/** Milliseconds until a try ends: whoever gave the command still waits. */
const tryMs = 10_000;

/** Tells how the commands reach a stack in AWS: each try ends while whoever gave the command still waits. */
export function stackConnection(region: string): Connection {
  return { region, maxAttempts: 5, requestHandler: endedAfter(tryMs) };
}
