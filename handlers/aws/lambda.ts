import { LambdaClient } from "@aws-sdk/client-lambda";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. */
export const lambda = withTracing(new LambdaClient(clientOptions));
