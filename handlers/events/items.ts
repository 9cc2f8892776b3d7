import { ConditionalCheckFailedException, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";
import type { ConditionalWrite } from "../../domain/lifecycle";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { requiredVariable } from "../aws/environment";

/** Item of the events table. */
export type Item = Record<string, AttributeValue>;

/** Returns the text of an attribute; empty if the item has none. */
export function text(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

/** Tells whether an event's worker has died: another one may claim the event. */
export function hasExpiredLease(item: Item, now: Date): boolean {
  return text(item, Attribute.status) === Status.processing && Number(item[Attribute.leaseUntil]?.N) < now.getTime();
}

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
