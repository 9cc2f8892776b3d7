import { operatorPolicy, secretsPolicy } from "./components/operatorPolicy";
import type { WebhookPipeline } from "./components/webhookPipeline";

/** Gathers the stack's outputs: names and addresses that people and other programs need. No secret is among them. */
export function stackOutputs(pipeline: WebhookPipeline) {
  const { encryption, eventStore, webhookApi, processor, workflow, reconciler, alerting } = pipeline;
  return {
    /** Where each source posts its webhooks to. */
    webhookUrls: pipeline.urls,
    apiId: webhookApi.api.id,
    stageName: webhookApi.stage.stageName,
    /** The secret of each source, into which operators put its value. */
    secretArns: Object.fromEntries(Object.entries(webhookApi.secrets).map(([source, secret]) => [source, secret.arn])),
    /** Whose scheme each source signs by. */
    providers: webhookApi.providers,
    receiveFunctionName: webhookApi.function.name,
    processFunctionName: processor.function.name,
    reconcileFunctionName: reconciler.function.name,
    tableName: eventStore.table.name,
    payloadBucketName: eventStore.payloadBucket.id,
    stateMachineArn: workflow.stateMachine.arn,
    pipeName: workflow.pipe.name,
    deadLetterQueueUrl: eventStore.deadLetterQueue.url,
    eventBusName: workflow.eventBus.name,
    /** What was published, for a replay; see docs/events.md. */
    eventArchiveName: workflow.eventArchive.name,
    /** For a role that operators assume: what `npx webhook-pipeline events` and the runbook need, and no more. */
    operatorPolicy: operatorPolicy(encryption, eventStore, workflow, reconciler),
    /** For a role of whoever sets and rotates signing secrets: what `npx webhook-pipeline secrets` needs, and no more. */
    secretsPolicy: secretsPolicy(encryption, webhookApi),
    alertTopicArn: alerting.topic.arn,
    dashboardUrl: alerting.dashboardUrl,
    environmentKeyId: encryption.environmentKey.id,
    logsKeyId: encryption.logsKey.id,
    dataKeyId: encryption.dataKey.id,
  };
}
