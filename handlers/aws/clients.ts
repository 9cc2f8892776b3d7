import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientOptions } from "./clientOptions";
import { observed } from "./tracing";

/** Created once per container, outside the handlers. */
export const dynamodb = observed(new DynamoDBClient(clientOptions));
export const secretsManager = observed(new SecretsManagerClient(clientOptions));
