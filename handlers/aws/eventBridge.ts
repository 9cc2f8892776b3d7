import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. */
export const eventBridge = withTracing(new EventBridgeClient(clientOptions));
