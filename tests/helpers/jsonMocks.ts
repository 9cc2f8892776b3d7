import type { DynamoDBClient, PutItemCommand as SdkPutItemCommand } from "@aws-sdk/client-dynamodb";
import type { GetSecretValueCommand as SdkGetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import * as commands from "../../handlers/aws/jsonCommands";
import { receiverDynamodb } from "../../handlers/aws/receiverDynamodb";
import { secretsManager } from "../../handlers/aws/secretsManager";

/** The functions' own commands. `aws-sdk-client-mock` knows the SDK's types alone. */
export const PutItemCommand = commands.PutItemCommand as unknown as typeof SdkPutItemCommand;
export const GetSecretValueCommand = commands.GetSecretValueCommand as unknown as typeof SdkGetSecretValueCommand;

/** Mocks the receiver's client of DynamoDB, until it is restored. */
export const mockReceiverDynamodb = () => mockClient(receiverDynamodb as unknown as DynamoDBClient);

/** Mocks the functions' client of Secrets Manager, until it is restored. */
export const mockSecretsManager = () => mockClient(secretsManager as unknown as SecretsManagerClient);
