import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. */
export const dynamodb = withTracing(new DynamoDBClient(clientOptions));
export const secretsManager = withTracing(new SecretsManagerClient(clientOptions));
