import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeliveryAttribute } from "../../domain/destinations";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { requiredVariable } from "../aws/environment";
import type { Item } from "../events/items";

/** Returns the name of the table of deliveries. */
export const tableName = (): string => requiredVariable(Variable.deliveriesTable);

/** Returns the key of an item. */
export const keyOf = (id: string): Item => ({ [DeliveryAttribute.id]: { S: id } });

/** Reads an item. @throws the error of DynamoDB */
export async function readItem(id: string, ConsistentRead: boolean): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: tableName(), Key: keyOf(id), ConsistentRead });
  return (await dynamodb.send(command, abortAtDeadline())).Item;
}

/** Attributes as expressions name them. */
export function namesOf(...attributes: (keyof typeof DeliveryAttribute)[]): Record<string, string> {
  return Object.fromEntries(attributes.map((name) => [`#${name}`, DeliveryAttribute[name]]));
}
