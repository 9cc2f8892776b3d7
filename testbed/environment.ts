import { Variable } from "../domain/event";
import { exampleScheme, localSenders } from "../local/senders";

/** What Lambda would set for the handlers; set before any of them is loaded. */
Object.assign(process.env, {
  [Variable.environment]: "test",
  [Variable.tableName]: "webhook-events-test",
  [Variable.payloadBucket]: "webhook-payloads-test-000000000000",
  [Variable.eventRetentionDays]: "90",
  [Variable.testEvents]: "accept",
  [Variable.deadLetterQueueUrl]: "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-dead-letters-test",
  [Variable.staleSeconds]: "900",
  [Variable.providerSecrets]: JSON.stringify(Object.fromEntries(localSenders.map((sender) => [sender, `arn:${sender}`]))),
  [Variable.senderSettings]: JSON.stringify({
    ...Object.fromEntries(localSenders.map((sender) => [sender, { scheme: sender }])),
    example: { scheme: "hmac", hmac: exampleScheme },
  }),
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  POWERTOOLS_METRICS_NAMESPACE: "WebhookPipeline",
  POWERTOOLS_SERVICE_NAME: "test",
  POWERTOOLS_TRACE_ENABLED: "false",
});
