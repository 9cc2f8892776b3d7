import { UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import type { ConditionalWrite } from "../../domain/lifecycle";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { requiredVariable } from "../aws/environment";
import { ifHolds } from "../aws/ifHolds";

/** Writes a change. @returns `true` if its condition held @throws the error of DynamoDB */
export async function writeIf(transactionId: string, change: ConditionalWrite<AttributeValue>): Promise<boolean> {
  const TableName = requiredVariable(Variable.tableName);
  const Key = { [Attribute.transactionId]: { S: transactionId } };
  const command = new UpdateItemCommand({ TableName, Key, ...change });
  return (await ifHolds(() => dynamodb.send(command, abortAtDeadline()))) !== undefined;
}
