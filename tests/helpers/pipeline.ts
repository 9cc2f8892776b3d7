import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteFunctionConcurrencyCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { Attribute, Status } from "../../domain/event";
import type { CodedProvider } from "../../domain/sources";
import { createClients, type Clients } from "../../local/clients";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { deployPipeline, type EveryProviderPipeline } from "../../local/pipeline";
import { post } from "../../local/post";
import { freshSample } from "../../local/samples";
import { scanTable } from "../../local/scan";
import type { Statement } from "../../testbed/program";
import { onInterruption } from "../../cli/lib/interruption";
import { eventually } from "./eventually";
import { quick } from "./scope";
if (quick) process.env.EMULATOR_QUICKENED = "true";

/** The pipeline on a local AWS, shared by all suites of a run. */
export interface PipelineUnderTest extends EveryProviderPipeline {
  clients: Clients;
}
export type Item = Record<string, AttributeValue>;

const suffix = "test";
let running: Promise<RunningAws> | undefined;
let shared: Promise<PipelineUnderTest> | undefined;

export function sharedPipeline(): Promise<PipelineUnderTest> {
  shared ??= (async () => {
    running = startMiniStack({ region: "us-east-1" });
    const { aws } = await running;
    const pipeline = await deployPipeline(aws, suffix);
    return { ...pipeline, clients: createClients(aws) };
  })();
  return shared;
}

/** Ends the local AWS after the last suite, and when the run is interrupted. */
export const mochaHooks = {
  async afterAll() {
    await (await running)?.stop();
  },
};
onInterruption(async () => (await running)?.stop());

/** Sends a signed sample with these changes, sent as its provider sends it. */
export function send(
  pipeline: PipelineUnderTest,
  provider: CodedProvider,
  changes: object = {},
  headers?: Record<string, string | undefined>,
) {
  const body = Buffer.from(JSON.stringify({ ...(JSON.parse(freshSample(provider).toString()) as object), ...changes }));
  return post(pipeline, provider, body, headers);
}

export async function readItem({ clients, outputs }: PipelineUnderTest, transactionId: string): Promise<Item | undefined> {
  const key = { [Attribute.transactionId]: { S: transactionId } };
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: outputs.tableName, Key: key, ConsistentRead: true }));
  return Item;
}

export async function countItems({ clients, outputs }: PipelineUnderTest): Promise<number> {
  return (await scanTable(clients.dynamodb, outputs.tableName, [Attribute.transactionId])).length;
}

/** Returns the item as soon as it has this status. */
export function itemWithStatus(pipeline: PipelineUnderTest, transactionId: string, status: Status): Promise<Item> {
  return eventually(`${transactionId} to be ${status}`, async () => {
    const item = await readItem(pipeline, transactionId);
    return item?.[Attribute.status].S === status ? item : undefined;
  });
}

/** Waits until every event is settled. */
export function settled({ clients, outputs }: PipelineUnderTest): Promise<true> {
  const unsettled: readonly string[] = [Status.received, Status.processing];
  return eventually("all events to be PROCESSED or FAILED", async () => {
    const items = await scanTable(clients.dynamodb, outputs.tableName, [Attribute.status]);
    return items.every((item) => !unsettled.includes(item[Attribute.status].S!)) || undefined;
  });
}

/** Runs something while a role lacks an action, and gives it back whatever happens. Events of earlier tests are let through first:
 * they would fail as well. */
export async function without(
  action: string,
  role: "receive" | "process" | "reconcile",
  pipeline: PipelineUnderTest,
  run: () => Promise<void>,
): Promise<void> {
  await settled(pipeline);
  const { clients } = pipeline;
  const names = { RoleName: `webhook-${role}-${suffix}`, PolicyName: `webhook-${role}-${suffix}` };
  const { PolicyDocument } = await clients.iam.send(new GetRolePolicyCommand(names));
  const text = decodeURIComponent(PolicyDocument!);
  const policy = JSON.parse(text) as { Statement: Statement[] };
  const lessened = policy.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((one) => one !== action),
  }));
  const put = (document: string) => clients.iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument: document }));
  await put(JSON.stringify({ ...policy, Statement: lessened.filter(({ Action }) => Action.length > 0) }));
  try {
    await run();
  } finally {
    await put(text);
  }
}

/** Runs something while no event can be processed: each becomes FAILED. Events of earlier tests are let through first. */
export async function whileEventsFail(pipeline: PipelineUnderTest, run: () => Promise<void>): Promise<void> {
  await settled(pipeline);
  const { lambda } = pipeline.clients;
  const FunctionName = pipeline.outputs.processFunctionName;
  const { ReservedConcurrentExecutions: reserved } = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  try {
    await run();
  } finally {
    if (reserved === undefined) await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    else await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: reserved }));
  }
}

/** Returns the keys of somebody who has this policy, and no other. */
export async function userWith(
  { clients: { iam } }: PipelineUnderTest,
  UserName: string,
  PolicyDocument: string,
): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: UserName, PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
