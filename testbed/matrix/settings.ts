import * as assert from "node:assert/strict";
import { defaultRun } from "../../preflight/graph/capture";
import { Type } from "../../preflight/graph/types";
import type { CodedProvider } from "../../domain/sources";
import type { SecretValues, Signing } from "../../local/signing";
import { testSigning } from "../handlers";
import { program, type Program } from "../program";
import type { FunctionName } from "./functions";
import type { execute } from "./machine";
import type { StreamPosition } from "./switch";

/** Settings of a run, read from the program as it would be deployed. */
export interface MatrixSettings {
  definition: Parameters<typeof execute>[0];
  express: boolean;
  /** Shards of the indexes. */
  indexShards: number;
  pipe: { batchSize: number; retries: number; readsOnFrom: StreamPosition };
  timeoutSeconds: Record<FunctionName, number>;
  dimensions: Record<FunctionName | "api" | "table" | "pipe" | "workflow" | "queue", Record<string, string>>;
  alarms: readonly Record<string, unknown>[];
  alarmsOfDeliveries: readonly Record<string, unknown>[];
  /** The stack's suffix, a dimension of the custom metrics. */
  environment: string;
  /** Returns a source's secret. @param id its ARN in the tests' environment */
  secretOf: (id: string) => string;
}

/** More than a small stack has, so that what reads the indexes must read all shards. */
const indexShards = 4;

/** Destinations of the stack: one that is well, one that fails for a while, and one that an operator has paused. */
export const matrixDestinations = ["orders", "billing", "ledger"] as const;
export type MatrixDestination = (typeof matrixDestinations)[number];

async function matrixSettings(workflowType: "EXPRESS" | "STANDARD", secrets: SecretValues): Promise<MatrixSettings> {
  const destinations = matrixDestinations.map((name) => ({ name, url: `https://${name}.example.com/webhooks`, payload: "full" }));
  const stack = await program({ workflowType, destinations });
  const outputs = stack.outputs as Record<string, string>;
  const { batchSize, maximumRetryAttempts } = streamParameters(stack);
  for (const { inputs } of stack.all(Type.functionEventInvokeConfig))
    assert.equal(inputs.maximumRetryAttempts, 0, "the stand-in for Lambda does not retry what the schedules run");
  const alarms = stack.all(Type.metricAlarm).map(({ inputs }) => inputs);
  return {
    definition: JSON.parse(stack.one(Type.stateMachine).inputs.definition as string) as MatrixSettings["definition"],
    express: workflowType === "EXPRESS",
    indexShards,
    pipe: { batchSize, retries: maximumRetryAttempts, readsOnFrom: "where it was" },
    timeoutSeconds: {
      receive: timeoutOf(stack, "receive"),
      process: timeoutOf(stack, "process"),
      reconcile: timeoutOf(stack, "reconcile"),
      deliver: timeoutOf(stack, "deliver"),
    },
    dimensions: {
      receive: { FunctionName: outputs.receiveFunctionName },
      process: { FunctionName: outputs.processFunctionName },
      reconcile: { FunctionName: outputs.reconcileFunctionName },
      deliver: { FunctionName: outputs.deliverFunctionName },
      api: { ApiName: stack.one(Type.restApi).inputs.name as string, Stage: outputs.stageName },
      table: { TableName: outputs.tableName },
      pipe: { PipeName: outputs.pipeName },
      workflow: { StateMachineArn: outputs.stateMachineArn },
      queue: { QueueName: outputs.deadLetterQueueUrl.split("/").at(-1)! },
    },
    alarms: alarms.filter((alarm) => !isAboutDeliveries(alarm)),
    alarmsOfDeliveries: alarms.filter(isAboutDeliveries),
    environment: defaultRun.stack,
    secretOf: (id) => JSON.stringify(secrets[id.replace("arn:", "") as CodedProvider]),
  };
}

/** Tells if an alarm is about deliveries to destinations, which runs of their own simulate. */
const isAboutDeliveries = ({ name }: Record<string, unknown>) => /^webhook-(deliver|destination)-/.test(String(name));

function streamParameters(stack: Program): { batchSize: number; maximumRetryAttempts: number } {
  const { sourceParameters } = stack.one(Type.pipe).inputs as { sourceParameters: { dynamodbStreamParameters: never } };
  return sourceParameters.dynamodbStreamParameters;
}

/** Seconds. */
function timeoutOf(stack: Program, name: FunctionName): number {
  const functionName = stack.outputs[`${name}FunctionName`];
  return stack.all(Type.function).find(({ inputs }) => inputs.name === functionName)!.inputs.timeout as number;
}

/** What a run of the matrix takes. */
export interface MatrixParts {
  signing: Signing;
  settings: MatrixSettings;
}

/** Makes what runs of the matrix take, with keys of its own. */
export async function prepareMatrix(workflowType: "EXPRESS" | "STANDARD" = "EXPRESS"): Promise<MatrixParts> {
  const { signing, secrets } = await testSigning();
  return { signing, settings: await matrixSettings(workflowType, secrets) };
}
