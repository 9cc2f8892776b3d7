import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { tracer } from "./telemetry";

/** A call that hangs must end while the sender still waits: three tries of these fit into its patience. */
export const clientOptions = { requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 }, maxAttempts: 3 };

/** Made once per container, outside the handlers. */
export const dynamodb = tracer.captureAWSv3Client(new DynamoDBClient(clientOptions));
export const secretsManager = tracer.captureAWSv3Client(new SecretsManagerClient(clientOptions));
