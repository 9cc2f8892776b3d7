import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Attribute, eventSource, Status } from "../../domain/event";
import { logGroupName } from "../../domain/names";
import { protectedOptions, type StackContext } from "../lib/context";
import type { Encryption } from "../encryption";
import type { EventStore } from "../eventStore/eventStore";
import { createLogGroup } from "../lib/logGroup";
import { allow, document, sampleAndWriteTraces, trust, useKey, type Statement } from "../lib/policies";
import type { Processor } from "../processor";
import { createRole } from "../lib/role";
import { workflowDefinition } from "./definition";

export interface WorkflowArgs {
  context: StackContext;
  encryption: Encryption;
  eventStore: EventStore;
  processor: Processor;
}

/** Most records per execution. */
const batchSize = 10;
/** Retries of a batch before the pipe sends the positions of its records in the stream to the dead-letter queue. */
const pipeRetries = 10;
/** Age in seconds at which the pipe drops a record. The stream keeps it an hour longer, so that it can still be reported. */
const maximumRecordAgeSeconds = 23 * 60 * 60;

/** Processes events: the pipe from the table's stream, the state machine, and the event bus on which it publishes. */
export class Workflow extends pulumi.ComponentResource {
  readonly stateMachine: aws.sfn.StateMachine;
  readonly pipe: aws.pipes.Pipe;
  /** Bus to which your services subscribe, with rules on the detail type. */
  readonly eventBus: aws.cloudwatch.EventBus;
  /** Keeps published events, so that they can be replayed to subscribers. */
  readonly eventArchive: aws.cloudwatch.EventArchive;

  constructor(name: string, args: WorkflowArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Workflow", name, {}, opts);
    const parent = this;
    const { context, encryption, eventStore, processor } = args;
    const { config, accountId, partition } = context;
    const express = config.workflowType === "EXPRESS";

    const eventBus = createEventBus();
    const eventArchive = createEventArchive();
    const stateMachine = createStateMachine();
    const pipe = createPipe();
    this.eventBus = eventBus;
    this.eventArchive = eventArchive;
    this.stateMachine = stateMachine;
    this.pipe = pipe;
    this.registerOutputs({ stateMachineArn: stateMachine.arn, pipeArn: pipe.arn, eventBusName: eventBus.name });

    function createEventBus(): aws.cloudwatch.EventBus {
      return new aws.cloudwatch.EventBus(`${name}-bus`, { name: context.name("eventBus") }, protectedOptions(context, parent));
    }

    /**
     * Creates the archive of this pipeline's published events, kept as long as the events themselves. AWS does not archive replayed
     * events.
     * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
     */
    function createEventArchive(): aws.cloudwatch.EventArchive {
      return new aws.cloudwatch.EventArchive(
        `${name}-archive`,
        {
          name: context.name("eventArchive"),
          description: "Published events of the webhook pipeline, for replays",
          eventSourceArn: eventBus.arn,
          eventPattern: JSON.stringify({ source: [eventSource] }),
          retentionDays: config.eventRetentionDays,
        },
        protectedOptions(context, parent),
      );
    }

    /**
     * Creates the state machine. It depends on the log delivery policy, because Step Functions checks at creation that the role can
     * deliver logs.
     */
    function createStateMachine(): aws.sfn.StateMachine {
      const role = createServiceRole("role", "stateMachineRole", "states.amazonaws.com");
      const actions = createRolePolicy("policy", context.name("stateMachineRole"), role, stateStatements());
      const logDelivery = createRolePolicy("log-delivery", context.name("logDeliveryPolicy"), role, [deliverLogs()]);
      const logGroup = createLogGroup(`${name}-logs`, logGroupName.stateMachine(context.name("stateMachine")), args, parent);
      return new aws.sfn.StateMachine(
        name,
        {
          name: context.name("stateMachine"),
          type: config.workflowType,
          roleArn: role.arn,
          definition: pulumi.jsonStringify(definition()),
          loggingConfiguration: {
            level: config.workflowLogLevel,
            includeExecutionData: true,
            logDestination: pulumi.interpolate`${logGroup.arn}:*`,
          },
          tracingConfiguration: { enabled: true },
        },
        { parent, dependsOn: [actions, logDelivery] },
      );
    }

    function definition(): pulumi.Output<Record<string, unknown>> {
      return pulumi
        .all([partition, eventStore.table.name, processor.function.arn, eventBus.name, eventStore.deadLetterQueue.url])
        .apply(([partition, tableName, processFunctionArn, eventBusName, deadLetterQueueUrl]) =>
          workflowDefinition({
            partition,
            tableName,
            processFunctionArn,
            processTimeoutSeconds: config.lambdaTimeoutSeconds + 5,
            eventBusName,
            deadLetterQueueUrl,
          }),
        );
    }

    /** Returns the permissions for the states' calls, in the states' order. */
    function stateStatements(): Statement[] {
      return [
        allow("ClaimCompleteAndFail", ["dynamodb:UpdateItem"], eventStore.table.arn),
        useKey("UseDataKey", encryption.dataKey.arn, ["table", "send"]),
        allow("Process", ["lambda:InvokeFunction"], processor.function.arn),
        allow("Publish", ["events:PutEvents"], eventBus.arn),
        allow("SendDeadLetters", ["sqs:SendMessage"], eventStore.deadLetterQueue.arn),
        sampleAndWriteTraces(),
      ];
    }

    /**
     * Allows CloudWatch log delivery; AWS accepts nothing narrower than `*`. Without it, creation fails with "The state machine IAM Role
     * is not authorized to access the Log Destination".
     * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
     */
    function deliverLogs(): Statement {
      return allow(
        "DeliverLogs",
        [
          "logs:CreateLogDelivery",
          "logs:GetLogDelivery",
          "logs:UpdateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:DescribeResourcePolicies",
          "logs:DescribeLogGroups",
        ],
        "*",
      );
    }

    /**
     * Creates the pipe. It starts at the stream's beginning: with LATEST, it would miss events that arrive while it starts. It passes only
     * RECEIVED items, each reduced to its key. It awaits an EXPRESS execution, so that a failed one is retried.
     */
    function createPipe(): aws.pipes.Pipe {
      const role = createServiceRole("pipe-role", "pipeRole", "pipes.amazonaws.com");
      const policy = createRolePolicy("pipe-policy", context.name("pipeRole"), role, pipeStatements());
      const logGroup = createLogGroup(`${name}-pipe-logs`, logGroupName.pipe(context.name("pipe")), args, parent);
      return new aws.pipes.Pipe(
        `${name}-events`,
        {
          name: context.name("pipe"),
          description: "Starts the workflow for RECEIVED events",
          roleArn: role.arn,
          source: eventStore.table.streamArn,
          sourceParameters: {
            filterCriteria: { filters: [{ pattern: JSON.stringify(receivedOnly()) }] },
            dynamodbStreamParameters: {
              startingPosition: "TRIM_HORIZON",
              batchSize,
              maximumBatchingWindowInSeconds: 0,
              parallelizationFactor: 10,
              maximumRetryAttempts: pipeRetries,
              maximumRecordAgeInSeconds: maximumRecordAgeSeconds,
              onPartialBatchItemFailure: "AUTOMATIC_BISECT",
              deadLetterConfig: { arn: eventStore.deadLetterQueue.arn },
            },
          },
          target: stateMachine.arn,
          targetParameters: {
            inputTemplate: '{"dynamodb": {"Keys": <$.dynamodb.Keys>}}',
            stepFunctionStateMachineParameters: { invocationType: express ? "REQUEST_RESPONSE" : "FIRE_AND_FORGET" },
          },
          logConfiguration: { level: "ERROR", cloudwatchLogsLogDestination: { logGroupArn: logGroup.arn } },
        },
        { ...protectedOptions(context, parent), dependsOn: [policy] },
      );
    }

    /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html */
    function receivedOnly() {
      return { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { [Attribute.status]: { S: [Status.received] } } } };
    }

    /**
     * Returns the pipe's permissions. AWS checks `ListStreams` against `*` only.
     * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
     */
    function pipeStatements(): Statement[] {
      return [
        allow("ReadStream", ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], eventStore.table.streamArn),
        allow("FindStream", ["dynamodb:ListStreams"], "*"),
        allow("StartWorkflow", [express ? "states:StartSyncExecution" : "states:StartExecution"], stateMachine.arn),
        allow("SendDeadLetters", ["sqs:SendMessage"], eventStore.deadLetterQueue.arn),
        useKey("UseDataKey", encryption.dataKey.arn, ["read", "send"]),
      ];
    }

    function createServiceRole(child: string, key: "stateMachineRole" | "pipeRole", service: string): aws.iam.Role {
      return createRole(
        context,
        `${name}-${child}`,
        { name: context.name(key), assumeRolePolicy: document([trust(service, accountId)]) },
        { parent },
      );
    }

    function createRolePolicy(child: string, policyName: string, role: aws.iam.Role, statements: Statement[]): aws.iam.RolePolicy {
      return new aws.iam.RolePolicy(`${name}-${child}`, { name: policyName, role: role.id, policy: document(statements) }, { parent });
    }
  }
}
