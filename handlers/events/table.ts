import { ConditionalCheckFailedException, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import type { ConditionalWrite } from "../../domain/lifecycle";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { requiredVariable } from "../aws/environment";

/** Writes a change. @returns `true` if its condition held @throws the error of DynamoDB */
export async function writeIf(transactionId: string, change: ConditionalWrite<AttributeValue>): Promise<boolean> {
  const TableName = requiredVariable(Variable.tableName);
  const Key = { [Attribute.transactionId]: { S: transactionId } };
  try {
    await dynamodb.send(new UpdateItemCommand({ TableName, Key, ...change }), abortAtDeadline());
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
