import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../config/destinations";
import type { DestinationOutput } from "../domain/destinations";
import type { PipelineOutputs } from "./outputTypes";
import type { PipelineParts } from "./pipelineOutputs";
import type { Processor } from "./processor";

/** Pipeline as far as its outputs need it. */
interface Pipeline extends Omit<PipelineParts, "customDomain">, Omit<PipelineOutputs, "stackOutputs"> {
  processor: Processor;
}

/** Returns the outputs of a stack with one pipeline, which the commands read. Most are outputs of the pipeline, which say what they are. */
export function stackOutputs(pipeline: Pipeline) {
  const { encryption, network, eventStore, webhookApi, processor, workflow, reconciler, alerting } = pipeline;
  return {
    webhookUrls: pipeline.urls,
    apiId: webhookApi.api.id,
    stageName: webhookApi.stage.stageName,
    secretArns: pipeline.secretArns,
    /** Provider whose scheme each source uses. */
    sources: webhookApi.sources,
    receiveFunctionName: webhookApi.function.name,
    processFunctionName: processor.function.name,
    reconcileFunctionName: reconciler.function.name,
    tableName: eventStore.table.name,
    /** Shards of the table's indexes, which a list of events reads. */
    indexShards: pipeline.context.config.indexShards,
    payloadBucketName: eventStore.payloadBucket.id,
    stateMachineArn: workflow.stateMachine.arn,
    pipeName: workflow.pipe.name,
    deadLetterQueueUrl: eventStore.deadLetterQueue.url,
    eventBusName: workflow.eventBus.name,
    /** Archive of published events, for replays (docs/events.md). */
    eventArchiveName: workflow.eventArchive.name,
    operatorPolicy: pipeline.operatorPolicy,
    consolePolicy: pipeline.consolePolicy,
    secretsPolicy: pipeline.secretsPolicy,
    alertTopicArn: alerting.topic.arn,
    dashboardUrl: alerting.dashboardUrl,
    // Absent without a NAT gateway.
    ...(network?.egressAddresses && { egressAddresses: network.egressAddresses }),
    environmentKeyId: encryption.environmentKey.id,
    logsKeyId: encryption.logsKey.id,
    dataKeyId: encryption.dataKey.id,
    ...destinationOutputs(pipeline),
  };
}

/** Returns the outputs of a stack with destinations. */
function destinationOutputs({ context, deliveries, destinations }: Pipeline) {
  const { destinations: configured } = context.config;
  if (configured.length === 0) return {};
  const outputOf = ({ name, ...settings }: Destination): DestinationOutputs => {
    const { queue, deadLetterQueue, rule, secret } = destinations[name];
    return {
      ...settings,
      queueUrl: queue.url,
      deadLetterQueueUrl: deadLetterQueue.url,
      ruleName: rule.name,
      ...(secret && { secretArn: secret.arn }),
    };
  };
  return {
    /** Settings, queues and rule of each destination. */
    destinations: Object.fromEntries(configured.map((destination) => [destination.name, outputOf(destination)])),
    ...(deliveries && { deliveriesTableName: deliveries.table.name, deliverFunctionName: deliveries.function.name }),
  };
}

/** Outputs of a destination, as commands read them once Pulumi has resolved them. */
type DestinationOutputs = { [Key in keyof DestinationOutput]: pulumi.Input<NonNullable<DestinationOutput[Key]>> };
