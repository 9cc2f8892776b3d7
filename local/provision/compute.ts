import { readFile } from "node:fs/promises";
import { CreateDeploymentCommand, CreateStageCommand, UpdateAccountCommand, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import { CreateArchiveCommand, CreateEventBusCommand } from "@aws-sdk/client-eventbridge";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreatePipeCommand } from "@aws-sdk/client-pipes";
import { CreateScheduleCommand, type FlexibleTimeWindowMode } from "@aws-sdk/client-scheduler";
import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import type * as pulumi from "@pulumi/pulumi";
import { zipSync } from "fflate";
import { createRestApi } from "./api";
import type { Provisioner } from "./types";

const lambdaFunction: Provisioner = async ({ clients, aws }, inputs) => {
  const { FunctionArn: arn } = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: inputs.name,
      Description: inputs.description,
      Role: inputs.role,
      Runtime: inputs.runtime,
      Architectures: inputs.architectures,
      Handler: inputs.handler,
      Code: { ZipFile: await zip(inputs.code) },
      MemorySize: inputs.memorySize,
      Timeout: inputs.timeout,
      KMSKeyArn: inputs.kmsKeyArn,
      Environment: { Variables: inputs.environment.variables },
      TracingConfig: { Mode: inputs.tracingConfig.mode },
      DeadLetterConfig: inputs.deadLetterConfig && { TargetArn: inputs.deadLetterConfig.targetArn },
      LoggingConfig: {
        LogFormat: inputs.loggingConfig.logFormat,
        LogGroup: inputs.loggingConfig.logGroup,
        ApplicationLogLevel: inputs.loggingConfig.applicationLogLevel,
        SystemLogLevel: inputs.loggingConfig.systemLogLevel,
      },
    }),
  );
  if (inputs.reservedConcurrentExecutions !== undefined) {
    const reserved = { FunctionName: inputs.name, ReservedConcurrentExecutions: inputs.reservedConcurrentExecutions };
    await clients.lambda.send(new PutFunctionConcurrencyCommand(reserved));
  }
  return { id: inputs.name, arn, invokeArn: `arn:aws:apigateway:${aws.region}:lambda:path/2015-03-31/functions/${arn}/invocations` };
};

async function zip(archive: pulumi.asset.AssetArchive): Promise<Uint8Array> {
  const assets = Object.entries(await archive.assets).map(async ([file, asset]) => {
    return [file, await readFile(await (asset as pulumi.asset.FileAsset).path)] as const;
  });
  return zipSync(Object.fromEntries(await Promise.all(assets)), { mtime: "1980-01-01" });
}

const permission: Provisioner = async ({ clients }, inputs, name) => {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: inputs.function,
      StatementId: name,
      Action: inputs.action,
      Principal: inputs.principal,
      SourceArn: inputs.sourceArn,
    }),
  );
  return { id: name, statementId: name };
};

const functionEventInvokeConfig: Provisioner = async ({ clients }, { functionName, maximumRetryAttempts, maximumEventAgeInSeconds }) => {
  await clients.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: functionName,
      MaximumRetryAttempts: maximumRetryAttempts,
      MaximumEventAgeInSeconds: maximumEventAgeInSeconds,
    }),
  );
  return { id: functionName };
};

const eventBus: Provisioner = async ({ clients }, { name }) => {
  const { EventBusArn: arn } = await clients.eventBridge.send(new CreateEventBusCommand({ Name: name }));
  return { id: name, arn };
};

const eventArchive: Provisioner = async ({ clients }, { name, description, eventSourceArn, eventPattern, retentionDays }) => {
  const { ArchiveArn: arn } = await clients.eventBridge.send(
    new CreateArchiveCommand({
      ArchiveName: name,
      Description: description,
      EventSourceArn: eventSourceArn,
      EventPattern: eventPattern,
      RetentionDays: retentionDays,
    }),
  );
  return { id: name, arn };
};

const schedule: Provisioner = async ({ clients }, { name, description, scheduleExpression, flexibleTimeWindow, target }) => {
  const { ScheduleArn: arn } = await clients.scheduler.send(
    new CreateScheduleCommand({
      Name: name,
      Description: description,
      ScheduleExpression: scheduleExpression,
      FlexibleTimeWindow: { Mode: flexibleTimeWindow.mode as FlexibleTimeWindowMode },
      Target: {
        Arn: target.arn,
        RoleArn: target.roleArn,
        RetryPolicy: {
          MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts,
          MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds,
        },
      },
    }),
  );
  return { id: `default/${name}`, arn };
};

const stateMachine: Provisioner = async ({ clients }, inputs) => {
  const { level, includeExecutionData, logDestination } = inputs.loggingConfiguration;
  const { stateMachineArn: arn } = await clients.sfn.send(
    new CreateStateMachineCommand({
      name: inputs.name,
      type: inputs.type,
      roleArn: inputs.roleArn,
      definition: inputs.definition,
      loggingConfiguration: { level, includeExecutionData, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }] },
      tracingConfiguration: inputs.tracingConfiguration,
    }),
  );
  return { id: arn!, arn };
};

/** MiniStack keeps source, target and role of a pipe and ignores filter, template and batch size; see docs/decisions.md. */
const pipe: Provisioner = async ({ clients }, inputs) => {
  const stream = inputs.sourceParameters.dynamodbStreamParameters;
  const { Arn: arn } = await clients.pipes.send(
    new CreatePipeCommand({
      Name: inputs.name,
      RoleArn: inputs.roleArn,
      Source: inputs.source,
      SourceParameters: {
        FilterCriteria: {
          Filters: inputs.sourceParameters.filterCriteria.filters.map(({ pattern }: { pattern: string }) => ({ Pattern: pattern })),
        },
        DynamoDBStreamParameters: { StartingPosition: stream.startingPosition, BatchSize: stream.batchSize },
      },
      Target: inputs.target,
      TargetParameters: {
        InputTemplate: inputs.targetParameters.inputTemplate,
        StepFunctionStateMachineParameters: { InvocationType: inputs.targetParameters.stepFunctionStateMachineParameters.invocationType },
      },
    }),
  );
  return { id: inputs.name, arn };
};

const restApi: Provisioner = async ({ clients, aws }, inputs) => {
  const { restApiId, rootResourceId } = await createRestApi(clients.apiGateway, inputs.name, inputs.body);
  return {
    id: restApiId,
    rootResourceId,
    arn: `arn:aws:apigateway:${aws.region}::/restapis/${restApiId}`,
    executionArn: `arn:aws:execute-api:${aws.region}:${aws.accountId}:${restApiId}`,
  };
};

const deployment: Provisioner = async ({ clients }, { restApi }) => {
  const { id } = await clients.apiGateway.send(new CreateDeploymentCommand({ restApiId: restApi }));
  return { id: id! };
};

const stage: Provisioner = async ({ clients, aws }, inputs) => {
  const { restApi: restApiId, stageName } = inputs;
  await clients.apiGateway.send(
    new CreateStageCommand({ restApiId, stageName, deploymentId: inputs.deployment, tracingEnabled: inputs.xrayTracingEnabled }),
  );
  return {
    id: `ags-${restApiId}-${stageName}`,
    arn: `arn:aws:apigateway:${aws.region}::/restapis/${restApiId}/stages/${stageName}`,
    invokeUrl: `${aws.endpoint}/_aws/execute-api/${restApiId}/${stageName}`,
    executionArn: `arn:aws:execute-api:${aws.region}:${aws.accountId}:${restApiId}/${stageName}`,
  };
};

const methodSettings: Provisioner = async ({ clients }, { restApi: restApiId, stageName, methodPath, settings }) => {
  const replace = (setting: string, value: unknown) => ({
    op: "replace" as const,
    path: `/${methodPath}/${setting}`,
    value: String(value),
  });
  await clients.apiGateway.send(
    new UpdateStageCommand({
      restApiId,
      stageName,
      patchOperations: [
        replace("metrics/enabled", settings.metricsEnabled),
        replace("logging/loglevel", settings.loggingLevel),
        replace("logging/dataTrace", settings.dataTraceEnabled),
        replace("throttling/rateLimit", settings.throttlingRateLimit),
        replace("throttling/burstLimit", settings.throttlingBurstLimit),
      ],
    }),
  );
  return { id: `${restApiId}-${stageName}-${methodPath}` };
};

const account: Provisioner = async ({ clients }, { cloudwatchRoleArn }) => {
  await clients.apiGateway.send(
    new UpdateAccountCommand({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: cloudwatchRoleArn }] }),
  );
  return { id: "api-gateway-account" };
};

/** What runs, and what leads to it. */
export const computeProvisioners: Record<string, Provisioner> = {
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": functionEventInvokeConfig,
  "aws:lambda/permission:Permission": permission,
  "aws:cloudwatch/eventBus:EventBus": eventBus,
  "aws:cloudwatch/eventArchive:EventArchive": eventArchive,
  "aws:scheduler/schedule:Schedule": schedule,
  "aws:sfn/stateMachine:StateMachine": stateMachine,
  "aws:pipes/pipe:Pipe": pipe,
  "aws:apigateway/restApi:RestApi": restApi,
  "aws:apigateway/deployment:Deployment": deployment,
  "aws:apigateway/stage:Stage": stage,
  "aws:apigateway/methodSettings:MethodSettings": methodSettings,
  "aws:apigateway/account:Account": account,
};
