import type { PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { GetSecretValueCommandInput, GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { JsonCommand } from "./jsonClient";

/** Puts an item into a table. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export class PutItemCommand implements JsonCommand {
  readonly operation = "PutItem";
  constructor(readonly input: PutItemCommandInput) {}
}

type SecretValue = Pick<GetSecretValueCommandOutput, "SecretString" | "SecretBinary">;

/** Reads a secret. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export class GetSecretValueCommand implements JsonCommand<SecretValue> {
  readonly operation = "GetSecretValue";
  declare readonly output?: SecretValue;
  constructor(readonly input: GetSecretValueCommandInput) {}
}
