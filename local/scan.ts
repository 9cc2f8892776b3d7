import { paginateScan, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Reads these attributes of every item of a table. Only for the local AWS: AWS charges for reading the whole table. */
export async function scanTable(
  client: DynamoDBClient,
  TableName: string,
  attributes: readonly string[],
): Promise<Record<string, AttributeValue>[]> {
  const ExpressionAttributeNames = Object.fromEntries(attributes.map((attribute, index) => [`#${index}`, attribute]));
  const ProjectionExpression = Object.keys(ExpressionAttributeNames).join(", ");
  const items: Record<string, AttributeValue>[] = [];
  const pages = paginateScan({ client }, { TableName, ConsistentRead: true, ProjectionExpression, ExpressionAttributeNames });
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}
