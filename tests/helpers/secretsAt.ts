import { startStackAt, type StackAt } from "./stackAt";

/** What the commands ask Secrets Manager and DynamoDB. */
interface Asked {
  SecretId: string;
  SecretString?: string;
  RequestItems?: Record<string, { Keys: { transaction_id: { S: string } }[] }>;
  Key?: { transaction_id: { S: string } };
}

/** Name of the events table. */
const secretsTable = "webhook-events-dev";

/**
 * Starts the stack dev with these outputs, and a server that keeps secrets as Secrets Manager does.
 * @param values of the secrets, by ARN
 * @param items of the events table, by transaction ID
 */
export function startSecretsAt(
  at: (file: string) => string,
  outputs: object,
  values: Map<string, string>,
  items = new Map<string, object>(),
): Promise<StackAt> {
  const printed = `echo '${JSON.stringify({ tableName: secretsTable, ...outputs })}'`;
  return startStackAt(at, printed, (body, response) => {
    const { SecretId, SecretString, RequestItems, Key } = JSON.parse(body) as Asked;
    if (RequestItems || Key) {
      if (Key) items.delete(Key.transaction_id.S);
      const found = RequestItems?.[secretsTable].Keys.flatMap(({ transaction_id }) => items.get(transaction_id.S) ?? []);
      return void response.end(JSON.stringify(found ? { Responses: { [secretsTable]: found } } : {}));
    }
    if (SecretString !== undefined) values.set(SecretId, SecretString);
    const value = values.get(SecretId);
    response.writeHead(value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    const stored = { SecretString: value, CreatedDate: 1_769_860_800 };
    response.end(JSON.stringify(value === undefined ? { __type: "ResourceNotFoundException" } : stored));
  });
}
