import { clientOptions } from "./clientOptions";
import { JsonClient } from "./jsonClient";
import { withTracing } from "./tracing";

/** DynamoDB, as its JSON protocol names it. */
export const dynamodbService = { name: "DynamoDB", id: "dynamodb", target: "DynamoDB_20120810", version: "1.0", baseDelay: 25 } as const;

/** The receiver's client, created once per container, outside the handlers. The other functions have the SDK's (dynamodb.ts). */
export const receiverDynamodb = withTracing(new JsonClient(dynamodbService, clientOptions));
