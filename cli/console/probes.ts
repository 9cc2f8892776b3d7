import { GetItemCommand, QueryCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import { Attribute, indexes } from "../../domain/event";
import { countDeadLetters } from "../events/dlq";
import type { MissingPermissions } from "./missing";
import { listMetrics, readTotals, type MetricsTarget } from "./refusedCounts";
import { readVersion, type SecretsReader } from "./secretVersion";

/** What is asked to learn which permissions the credentials lack. */
export interface ProbedTarget extends MetricsTarget, SecretsReader {
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  tableName: string;
  deadLetterQueueUrl: string;
  /** `undefined` without a destination to which the pipeline posts. */
  deliveriesTableName: string | undefined;
  secretArns: Readonly<Record<string, string>>;
}

/**
 * Makes the smallest call of each kind that the other pages make, to learn which permissions the credentials lack. Leaves out large payloads:
 * without a permission to list the bucket, S3 refuses an object that does not exist as well.
 */
export async function probe(target: ProbedTarget, missing: MissingPermissions): Promise<void> {
  const { dynamodb, sqs, tableName, deadLetterQueueUrl, deliveriesTableName } = target;
  const [secret] = Object.values(target.secretArns);
  await Promise.all([
    missing.attempt("dynamodb:GetItem", "an event", () => getNothing(dynamodb, tableName, Attribute.transactionId)),
    ...Object.values(indexes).map(({ name, hashKey }) =>
      missing.attempt("dynamodb:Query", `the events in the index ${name}`, () =>
        queryNothing(dynamodb, tableName, name, hashKey, { N: "0" }),
      ),
    ),
    missing.attempt("sqs:GetQueueAttributes", "the number of dead letters", () => countDeadLetters({ sqs, deadLetterQueueUrl })),
    missing.attempt("secretsmanager:ListSecretVersionIds", "the number of secrets", () => readVersion(target, secret)),
    missing.attempt("cloudwatch:ListMetrics", "the refused requests", () => listMetrics(target)),
    missing.attempt("cloudwatch:GetMetricData", "the refused requests", () => readTotals(target)),
    ...(deliveriesTableName === undefined ? [] : probeDeliveries(dynamodb, deliveriesTableName, missing)),
  ]);
}

function probeDeliveries(dynamodb: DynamoDBClient, tableName: string, missing: MissingPermissions): Promise<unknown>[] {
  const { name, hashKey } = undeliveredIndex;
  return [
    missing.attempt("dynamodb:GetItem", "a delivery", () => getNothing(dynamodb, tableName, DeliveryAttribute.id)),
    missing.attempt("dynamodb:Query", "the undelivered events", () => queryNothing(dynamodb, tableName, name, hashKey, { S: nothing })),
  ];
}

/** Key of no event and of no delivery. */
const nothing = "#console";

const getNothing = (dynamodb: DynamoDBClient, TableName: string, key: string) =>
  dynamodb.send(new GetItemCommand({ TableName, Key: { [key]: { S: nothing } } }));

/** Reads the first entry of an index, if it has one. */
function queryNothing(dynamodb: DynamoDBClient, TableName: string, IndexName: string, key: string, value: { S: string } | { N: string }) {
  return dynamodb.send(
    new QueryCommand({
      TableName,
      IndexName,
      Limit: 1,
      KeyConditionExpression: "#key = :key",
      ExpressionAttributeNames: { "#key": key },
      ExpressionAttributeValues: { ":key": value },
    }),
  );
}
