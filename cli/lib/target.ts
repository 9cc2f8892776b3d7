import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PipesClient } from "@aws-sdk/client-pipes";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DestinationOutput } from "../../domain/destinations";
import { suffixIn } from "../../domain/names";
import type { SourceSettings } from "../../domain/sources";
import { endedAfter } from "../../handlers/aws/clientOptions";
import { findPipeline } from "./announcement";
import { connectionTo, type Connection } from "../../local/clients";
import { UserError } from "../../domain/userError";
import { exportedPipeline, regionOf, type Outputs } from "./exportedPipeline";
import { requirePulumi, runPulumi } from "./pulumi";
import { readStackConfig } from "../../config/stackFile";

/** Outputs of a stack that the commands about events need. */
const outputNames = ["tableName", "payloadBucketName", "deadLetterQueueUrl", "eventBusName", "eventArchiveName"] as const;

/** Pipeline that a command works on, and the clients that reach it. */
export interface Target extends Record<(typeof outputNames)[number], string> {
  /** Number of shards of the table's indexes. */
  indexShards: number;
  dynamodb: DynamoDBClient;
  eventBridge: EventBridgeClient;
  s3: S3Client;
  sqs: SQSClient;
  /** The URL of each source, by the source's name. */
  webhookUrls: Readonly<Record<string, string>>;
  /** The destinations by their names. */
  destinations: Readonly<Record<string, DestinationOutput>>;
  /** Table of deliveries; `undefined` without a destination to which the pipeline posts. */
  deliveriesTableName: string | undefined;
}

/** Pipeline whose destinations a command works on. */
export interface DestinationsTarget extends Target {
  lambda: LambdaClient;
  /** Function that delivers; `undefined` without a destination to which the pipeline posts. */
  deliverFunctionName: string | undefined;
}

/** Outputs of a stack that the console alone needs. */
const consoleOutputNames = ["pipeName", "stageName", "stateMachineArn"] as const;

/** Pipeline that the console shows. */
export interface ConsoleTarget extends DestinationsTarget, Pick<SecretsTarget, "sources" | "secretArns" | "secretsManager"> {
  /** Name of the stack; `undefined` for the local run. */
  stack: string | undefined;
  /** Account in AWS; `null` for the local run, whose account is made up. */
  account: string | null;
  region: string;
  /** Environment suffix: the end of every name in the stack, and a dimension of its metrics. */
  suffix: string;
  /** Pipe from the events table to the workflow. */
  pipeName: string;
  /** Stage of the API. */
  stageName: string;
  cloudWatch: CloudWatchClient;
  pipes: PipesClient;
}

/** Secrets of a pipeline's sources and destinations, each by its owner's name. */
export interface SecretsTarget {
  secretsManager: SecretsManagerClient;
  /** Events table, which also has the tokens that wait for an operator. */
  dynamodb: DynamoDBClient;
  tableName: string;
  sources: Readonly<Record<string, Pick<SourceSettings, "provider" | "description">>>;
  secretArns: Readonly<Record<string, string>>;
  webhookUrls: Readonly<Record<string, string>>;
  destinations: Readonly<Record<string, DestinationOutput>>;
}

/**
 * Finds a deployed stack through its outputs in Pulumi's state, with AWS credentials of the environment.
 * @param stack its name; `undefined` for the local run
 * @throws NotFoundError if there is none
 */
export async function findTarget(stack: string | undefined): Promise<Target> {
  return targetOf(stack, await find(stack));
}

/** Finds a stack's destinations, in the same way. @throws NotFoundError if there is no such stack */
export async function findDestinations(stack: string | undefined): Promise<DestinationsTarget> {
  return destinationsTargetOf(stack, await find(stack));
}

function destinationsTargetOf(stack: string | undefined, found: Found): DestinationsTarget {
  const deliverFunctionName = found.outputs.deliverFunctionName as string | undefined;
  return { ...targetOf(stack, found), lambda: new LambdaClient(invoking(found.connection)), deliverFunctionName };
}

function targetOf(stack: string | undefined, { connection, outputs }: Found): Target {
  // Of too few shards, a command would list a part of the events.
  if (typeof outputs.indexShards !== "number") throw olderVersion(stack);
  return {
    indexShards: outputs.indexShards,
    dynamodb: new DynamoDBClient(connection),
    eventBridge: new EventBridgeClient(connection),
    s3: new S3Client(connection),
    sqs: new SQSClient(connection),
    webhookUrls: outputs.webhookUrls as Target["webhookUrls"],
    destinations: (outputs.destinations ?? {}) as Target["destinations"],
    deliveriesTableName: outputs.deliveriesTableName as string | undefined,
    ...(Object.fromEntries(outputNames.map((name) => [name, outputs[name]])) as Record<(typeof outputNames)[number], string>),
  };
}

/** Finds what the console shows of a stack, in the same way. @throws NotFoundError if there is no such stack */
export async function findConsole(stack: string | undefined): Promise<ConsoleTarget> {
  const found = await find(stack);
  const { connection, outputs } = found;
  const { sources, secretArns } = outputs as Partial<SecretsTarget>;
  if (!sources || !secretArns || consoleOutputNames.some((name) => typeof outputs[name] !== "string")) throw olderVersion(stack);
  const { pipeName, stageName, stateMachineArn } = outputs as Record<(typeof consoleOutputNames)[number], string>;
  const target = destinationsTargetOf(stack, found);
  return {
    ...target,
    stack,
    account: stack === undefined ? null : stateMachineArn.split(":")[4],
    region: connection.region,
    suffix: suffixIn("eventBus", target.eventBusName),
    pipeName,
    stageName,
    sources,
    secretArns,
    secretsManager: new SecretsManagerClient(connection),
    cloudWatch: new CloudWatchClient(connection),
    pipes: new PipesClient(connection),
  };
}

/** Finds the secrets of a stack, in the same way. @throws NotFoundError if there is no such stack */
export async function findSecrets(stack: string | undefined): Promise<SecretsTarget> {
  const { connection, outputs } = await find(stack);
  const { sources, secretArns, webhookUrls, tableName, destinations = {} } = outputs as Partial<SecretsTarget> & { tableName: string };
  if (!sources || !secretArns || !webhookUrls) throw olderVersion(stack);
  const clients = { secretsManager: new SecretsManagerClient(connection), dynamodb: new DynamoDBClient(connection) };
  return { ...clients, tableName, sources, secretArns, webhookUrls, destinations };
}

function olderVersion(stack: string | undefined): UserError {
  if (stack === undefined) return new UserError("The local run is of another version of this program. Start it again.");
  return new UserError(`The stack ${stack} was deployed by an older version of this program. Run pulumi up --stack ${stack}.`);
}

/** Outputs of a stack, and how to reach it. */
interface Found {
  connection: Connection;
  outputs: Outputs;
}

async function find(stack: string | undefined): Promise<Found> {
  if (stack === undefined) {
    const pipeline = await findPipeline();
    return { connection: { ...connectionTo(pipeline), requestHandler: endedAfter(tryMs) }, outputs: pipeline.outputs };
  }
  const region: string | undefined = readStackConfig(stack)["aws:region"];
  requirePulumi();
  const outputs = exportedPipeline(stack, JSON.parse(runPulumi("stack", "output", "--json", "--stack", stack)) as Outputs);
  return { connection: stackConnection(region ?? regionOf(outputs)), outputs };
}

/** Longest time that one try of a request takes; without a limit, a stopped emulator would hold a command for minutes. */
const tryMs = 10_000;

/** Longest time that an invocation of a function takes; it is not tried again. */
const invocationMs = 70_000;

const invoking = (connection: Connection): Connection => ({ ...connection, maxAttempts: 1, requestHandler: endedAfter(invocationMs) });

/** Returns how commands reach a stack in AWS. A request ends after ten seconds, so that nobody waits for a lost one. */
export function stackConnection(region: string): Connection {
  return { region, maxAttempts: 5, requestHandler: endedAfter(tryMs) };
}

/** Names what a command works on, as in "the secret of stripe in the stack prod". */
export const targetName = (stack: string | undefined) => (stack === undefined ? "the local run" : `the stack ${stack}`);
