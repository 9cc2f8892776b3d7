import { namePlaceholder } from "../domain/names";
import { Variable } from "../domain/variables";
import { exampleDescription, localSources } from "../local/sources";
import { sourcesFileVariable, writeSources } from "./sourcesFile";

/** Sets the environment that Lambda would set. Import this before any handler. */
Object.assign(process.env, {
  [Variable.environment]: "test",
  [Variable.tableName]: "webhook-events-test",
  [Variable.payloadBucket]: "webhook-payloads-test-000000000000",
  [Variable.eventRetentionDays]: "90",
  [Variable.deadLetterQueueUrl]: "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-dead-letters-test",
  [Variable.leaseSeconds]: "360",
  [Variable.staleSeconds]: "900",
  [Variable.indexShards]: "1",
  [Variable.eventBusName]: "",
  [Variable.sourceSecrets]: `arn:${namePlaceholder}`,
  [Variable.deliveriesTable]: "webhook-deliveries-test",
  [Variable.destinationSecrets]: `webhook-to-${namePlaceholder}-test`,
  [Variable.destinationQueueUrls]: `https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-${namePlaceholder}-test`,
  [Variable.destinationDeadLetterUrls]: `https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-${namePlaceholder}-dead-letters-test`,
  [sourcesFileVariable]: writeSources({
    ...Object.fromEntries(localSources.map((source) => [source, { provider: source }])),
    example: { provider: "custom", description: exampleDescription },
  }),
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  POWERTOOLS_METRICS_NAMESPACE: "WebhookPipeline",
  POWERTOOLS_SERVICE_NAME: "test",
  POWERTOOLS_TRACE_ENABLED: "false",
});
