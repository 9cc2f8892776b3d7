import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientOptions } from "./clientOptions";
import { withTracing } from "./tracing";

/** Created once per container, outside the handlers. */
export const secretsManager = withTracing(new SecretsManagerClient(clientOptions));
