import { clientOptions } from "./clientOptions";
import { JsonClient } from "./jsonClient";
import { withTracing } from "./tracing";

const secretsManagerService = {
  name: "SecretsManager",
  id: "secretsmanager",
  target: "secretsmanager",
  version: "1.1",
  baseDelay: 50,
} as const;

/** Created once per container, outside the handlers. */
export const secretsManager = withTracing(new JsonClient(secretsManagerService, clientOptions));
