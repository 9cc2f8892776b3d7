import { ScanCommand, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Every item of a table, with these attributes of it. For the local AWS: in AWS it would read, and be paid for, the whole table. */
export async function scanTable(
  dynamodb: DynamoDBClient,
  tableName: string,
  attributes: readonly string[],
): Promise<Record<string, AttributeValue>[]> {
  const names = Object.fromEntries(attributes.map((attribute, index) => [`#${index}`, attribute]));
  const items: Record<string, AttributeValue>[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamodb.send(
      new ScanCommand({
        TableName: tableName,
        ConsistentRead: true,
        ProjectionExpression: Object.keys(names).join(", "),
        ExpressionAttributeNames: names,
        ExclusiveStartKey,
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}
