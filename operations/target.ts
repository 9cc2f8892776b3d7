import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createClients } from "../local/clients";
import { UserError } from "../local/errors";
import { findPipeline } from "../local/pipeline";
import { requirePulumi, runPulumi } from "../scripts/pulumi";
import { readStackConfig } from "../scripts/stackConfig";

/** The pipeline that a command is about, and the clients that reach it. */
export interface Target {
  dynamodb: DynamoDBClient;
  eventBridge: EventBridgeClient;
  sqs: SQSClient;
  tableName: string;
  deadLetterQueueUrl: string;
  eventBusName: string;
  eventArchiveName: string;
}

type Outputs = Omit<Target, "dynamodb" | "eventBridge" | "sqs">;

/** A stack by its name, through its outputs in Pulumi's state, with AWS's own credentials; without a name, the local run.
 * @throws UserError if there is none. */
export function findTarget(stack: string | undefined): Target {
  if (stack === undefined) {
    const pipeline = findPipeline();
    const { dynamodb, eventBridge, sqs } = createClients(pipeline);
    return { dynamodb, eventBridge, sqs, ...named(pipeline.outputs) };
  }
  const region = readStackConfig(stack)["aws:region"];
  requirePulumi();
  const outputs = JSON.parse(runPulumi("stack", "output", "--json", "--stack", stack)) as Record<string, unknown>;
  if (typeof outputs.tableName !== "string") throw new UserError(`The stack ${stack} has no outputs: it is not deployed.`);
  const options = { region, maxAttempts: 5 };
  return {
    dynamodb: new DynamoDBClient(options),
    eventBridge: new EventBridgeClient(options),
    sqs: new SQSClient(options),
    ...named(outputs),
  };
}

function named(outputs: Record<string, unknown>): Outputs {
  const { tableName, deadLetterQueueUrl, eventBusName, eventArchiveName } = outputs as Record<string, string>;
  return { tableName, deadLetterQueueUrl, eventBusName, eventArchiveName };
}
