import type { Alerting } from "./components/alerting/alerting";
import type { CustomDomain } from "./components/customDomain";
import type { Encryption } from "./components/encryption";
import { operatorPolicy, secretsPolicy } from "./components/operatorPolicy";
import type { Processor } from "./components/processor";
import type { Reconciler } from "./components/reconciler";
import type { WebhookApi } from "./components/webhookApi/webhookApi";
import type { Workflow } from "./components/workflow/workflow";

export interface Rooms {
  encryption: Encryption;
  processor: Processor;
  reconciler: Reconciler;
  workflow: Workflow;
  webhookApi: WebhookApi;
  /** `undefined`: sources use API Gateway's own host name. */
  customDomain: CustomDomain | undefined;
  alerting: Alerting;
}

/** The stack's outputs: names and addresses that people and other programs need. No secret is among them. */
export function stackOutputs({ encryption, processor, reconciler, workflow, webhookApi, customDomain, alerting }: Rooms) {
  return {
    /** Where each provider posts its webhooks to. */
    webhookUrls: (customDomain ?? webhookApi).urls,
    apiId: webhookApi.api.id,
    stageName: webhookApi.stage.stageName,
    /** The secret of each provider, into which operators put its value. */
    secretArns: Object.fromEntries(Object.entries(webhookApi.secrets).map(([provider, secret]) => [provider, secret.arn])),
    /** How each provider signs. */
    providers: webhookApi.providers,
    receiveFunctionName: webhookApi.function.name,
    processFunctionName: processor.function.name,
    reconcileFunctionName: reconciler.function.name,
    tableName: processor.table.name,
    payloadBucketName: processor.payloadBucket.id,
    stateMachineArn: workflow.stateMachine.arn,
    pipeName: workflow.pipe.name,
    deadLetterQueueUrl: processor.deadLetterQueue.url,
    eventBusName: workflow.eventBus.name,
    /** What was published, for a replay; see docs/events.md. */
    eventArchiveName: workflow.eventArchive.name,
    /** For a role that operators assume: what `npm run events` and the runbook need, and no more. */
    operatorPolicy: operatorPolicy(encryption, processor, workflow, reconciler),
    /** For a role of whoever sets and rotates signing secrets: what `npm run secrets` needs, and no more. */
    secretsPolicy: secretsPolicy(encryption, webhookApi),
    alertTopicArn: alerting.topic.arn,
    dashboardUrl: alerting.dashboardUrl,
    environmentKeyId: encryption.environmentKey.id,
    logsKeyId: encryption.logsKey.id,
    dataKeyId: encryption.dataKey.id,
  };
}
