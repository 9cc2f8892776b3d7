import { SQSClient } from "@aws-sdk/client-sqs";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. */
export const sqs = withTracing(new SQSClient(clientOptions));
