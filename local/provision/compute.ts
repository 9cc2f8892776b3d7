import { readFile } from "node:fs/promises";
import { CreateDeploymentCommand, CreateStageCommand, UpdateAccountCommand, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreatePipeCommand } from "@aws-sdk/client-pipes";
import { CreateScheduleCommand } from "@aws-sdk/client-scheduler";
import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import * as pulumi from "@pulumi/pulumi";
import { zipSync } from "fflate";
import { physicalName } from "../../domain/names";
import { Variable } from "../../domain/variables";
import { createRestApi } from "./api";
import { capitalized, type Provisioner } from "./types";

/** Functions, state machine, pipe, schedule and API. */
export const computeProvisioners: Record<string, Provisioner> = {
  "aws:lambda/function:Function": async ({ clients, aws, localUrls }, { name, ...inputs }) => {
    const { description, role, runtime, architectures, handler, memorySize, timeout } = inputs;
    const { tracingConfig, deadLetterConfig, loggingConfig, reservedConcurrentExecutions } = inputs;
    const { FunctionArn: arn } = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        ...capitalized({ description, role, runtime, architectures, handler, memorySize, timeout }),
        ...capitalized({ tracingConfig, deadLetterConfig, loggingConfig }),
        Code: { ZipFile: await zip(inputs.code) },
        KMSKeyArn: inputs.kmsKeyArn,
        Environment: { Variables: withLocalUrls(name, inputs.environment.variables, localUrls) },
      }),
    );
    if (reservedConcurrentExecutions !== undefined) {
      const reserved = { FunctionName: name, ReservedConcurrentExecutions: reservedConcurrentExecutions };
      await clients.lambda.send(new PutFunctionConcurrencyCommand(reserved));
    }
    return { id: name, arn, invokeArn: `arn:aws:apigateway:${aws.region}:lambda:path/2015-03-31/functions/${arn}/invocations` };
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": async ({ clients }, inputs) => {
    const { functionName, maximumRetryAttempts, maximumEventAgeInSeconds } = inputs;
    const input = capitalized({ functionName, maximumRetryAttempts, maximumEventAgeInSeconds });
    await clients.lambda.send(new PutFunctionEventInvokeConfigCommand(input));
    return { id: functionName };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": async ({ clients }, inputs) => {
    const { eventSourceArn, functionName, enabled, batchSize, functionResponseTypes, scalingConfig } = inputs;
    const input = capitalized({ eventSourceArn, functionName, enabled, batchSize, functionResponseTypes, scalingConfig });
    const { UUID, EventSourceMappingArn: arn } = await clients.lambda.send(new CreateEventSourceMappingCommand(input));
    return { id: UUID!, uuid: UUID, arn };
  },
  "aws:lambda/permission:Permission": async ({ clients }, { function: FunctionName, action, principal, sourceArn }, name) => {
    const statement = { FunctionName, StatementId: name, ...capitalized({ action, principal, sourceArn }) };
    await clients.lambda.send(new AddPermissionCommand(statement));
    return { id: name, statementId: name };
  },
  "aws:scheduler/schedule:Schedule": async ({ clients }, { name, description, scheduleExpression, flexibleTimeWindow, target }) => {
    const input = capitalized({ name, description, scheduleExpression, flexibleTimeWindow, target });
    const { ScheduleArn: arn } = await clients.scheduler.send(new CreateScheduleCommand(input));
    return { id: `default/${name}`, arn };
  },
  "aws:sfn/stateMachine:StateMachine": async ({ clients }, { name, type, roleArn, definition, tracingConfiguration, ...inputs }) => {
    const { level, includeExecutionData, logDestination: logGroupArn } = inputs.loggingConfiguration;
    const loggingConfiguration = { level, includeExecutionData, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] };
    const { stateMachineArn: arn } = await clients.sfn.send(
      new CreateStateMachineCommand({ name, type, roleArn, definition, loggingConfiguration, tracingConfiguration }),
    );
    return { id: arn!, arn };
  },
  /** MiniStack uses source, target and role of a pipe, and ignores filter, template and batch size. See docs/decisions/0088-emulate-aws-with-ministack.md. */
  "aws:pipes/pipe:Pipe": async ({ clients }, { name, roleArn, source, target, targetParameters, sourceParameters }) => {
    const { dynamodbStreamParameters, filterCriteria } = sourceParameters;
    const { startingPosition, batchSize } = dynamodbStreamParameters;
    const SourceParameters = { ...capitalized({ filterCriteria }), DynamoDBStreamParameters: capitalized({ startingPosition, batchSize }) };
    const input = { ...capitalized({ name, roleArn, source, target, targetParameters }), SourceParameters };
    const { Arn: arn } = await clients.pipes.send(new CreatePipeCommand(input));
    return { id: name, arn };
  },
  "aws:apigateway/restApi:RestApi": async ({ clients, aws, apiId }, inputs) => {
    const { restApiId, rootResourceId } = await createRestApi(clients.apiGateway, inputs.name, inputs.body, apiId);
    return {
      id: restApiId,
      rootResourceId,
      arn: `arn:aws:apigateway:${aws.region}::/restapis/${restApiId}`,
      executionArn: `arn:aws:execute-api:${aws.region}:${aws.accountId}:${restApiId}`,
    };
  },
  "aws:apigateway/deployment:Deployment": async ({ clients }, { restApi }) => {
    const { id } = await clients.apiGateway.send(new CreateDeploymentCommand({ restApiId: restApi }));
    return { id: id! };
  },
  "aws:apigateway/stage:Stage": async ({ clients, aws }, { restApi: restApiId, stageName, deployment, xrayTracingEnabled }) => {
    const input = { restApiId, stageName, deploymentId: deployment, tracingEnabled: xrayTracingEnabled };
    await clients.apiGateway.send(new CreateStageCommand(input));
    return {
      id: `ags-${restApiId}-${stageName}`,
      arn: `arn:aws:apigateway:${aws.region}::/restapis/${restApiId}/stages/${stageName}`,
      invokeUrl: `${aws.endpoint}/_aws/execute-api/${restApiId}/${stageName}`,
      executionArn: `arn:aws:execute-api:${aws.region}:${aws.accountId}:${restApiId}/${stageName}`,
    };
  },
  "aws:apigateway/methodSettings:MethodSettings": async ({ clients }, { restApi: restApiId, stageName, methodPath, settings }) => {
    const values = {
      "metrics/enabled": settings.metricsEnabled,
      "logging/loglevel": settings.loggingLevel,
      "logging/dataTrace": settings.dataTraceEnabled,
      "throttling/rateLimit": settings.throttlingRateLimit,
      "throttling/burstLimit": settings.throttlingBurstLimit,
    };
    const patchOperations = Object.entries(values).map(([setting, value]) => replace(`/${methodPath}/${setting}`, String(value)));
    await clients.apiGateway.send(new UpdateStageCommand({ restApiId, stageName, patchOperations }));
    return { id: `${restApiId}-${stageName}-${methodPath}` };
  },
  "aws:apigateway/account:Account": async ({ clients }, { cloudwatchRoleArn }) => {
    const patchOperations = [replace("/cloudwatchRoleArn", cloudwatchRoleArn)];
    await clients.apiGateway.send(new UpdateAccountCommand({ patchOperations }));
    return { id: "api-gateway-account" };
  },
};

/** Tells the function that delivers, and no other, which URLs on this machine replace configured ones. */
function withLocalUrls(name: string, variables: Record<string, string>, localUrls: Readonly<Record<string, string>>) {
  const delivers = name === physicalName("deliver", variables[Variable.environment]) && Object.keys(localUrls).length > 0;
  return delivers ? { ...variables, [Variable.localDestinations]: JSON.stringify(localUrls) } : variables;
}

async function zip(archive: pulumi.asset.AssetArchive): Promise<Uint8Array> {
  const assets = Object.entries(await archive.assets).map(async ([name, asset]) => [name, await contentOf(asset)] as const);
  return zipSync(Object.fromEntries(await Promise.all(assets)), { mtime: "1980-01-01" });
}

/** Returns the bytes of a file in an archive: a module of the bundle, or a text. */
async function contentOf(asset: pulumi.asset.Asset | pulumi.asset.Archive): Promise<Uint8Array> {
  if (asset instanceof pulumi.asset.StringAsset) return Buffer.from(await asset.text);
  return readFile(await (asset as pulumi.asset.FileAsset).path);
}

const replace = (path: string, value: string) => ({ op: "replace" as const, path, value });
