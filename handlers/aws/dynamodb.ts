import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. Each client has a file of its own, so that a function loads no other. */
export const dynamodb = withTracing(new DynamoDBClient(clientOptions));
