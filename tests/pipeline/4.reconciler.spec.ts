import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { StartPipeCommand, StopPipeCommand } from "@aws-sdk/client-pipes";
import { GetScheduleCommand, UpdateScheduleCommand, type ScheduleState } from "@aws-sdk/client-scheduler";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Attribute, Status } from "../../domain/event";
import { maximumAttempts, type DeadLetter } from "../../domain/processing";
import { startReplay } from "../../cli/events/archive";
import { eventually } from "../helpers/eventually";
import { itemWithStatus, readItem, send, sharedPipeline, without, type Item, type PipelineUnderTest } from "../helpers/pipeline";
import { subscribe } from "../../testbed/chaos/outside";

/** The local AWS retries a failed asynchronous invocation after one and two seconds; AWS takes minutes. */
const localRetriesMs = 5_000;
const longAgo = new Date(Date.now() - 60 * 60 * 1_000);

describe("A stuck event", () => {
  let pipeline: PipelineUnderTest;
  // Only the tests start the reconciler: a scheduled run would find their events first.
  before(async () => {
    pipeline = await sharedPipeline();
    await setSchedule("DISABLED");
  });
  after(() => setSchedule("ENABLED"));

  /** Creates a processed event, to be put into a state that only a fault causes. */
  async function processedEvent(): Promise<string> {
    const { body } = await send(pipeline, "stripe");
    await itemWithStatus(pipeline, body.transactionId!, Status.processed);
    return body.transactionId!;
  }

  /** Puts an event into a state in which it is open. */
  async function write(transactionId: string, state: Record<string, AttributeValue>): Promise<void> {
    const names = Object.keys(state).map((name, index) => [`#${index}`, name] as const);
    await pipeline.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: pipeline.outputs.tableName,
        Key: { [Attribute.transactionId]: { S: transactionId } },
        UpdateExpression: `SET ${names.map(([placeholder], index) => `${placeholder} = :${index}`).join(", ")} REMOVE #settledShard`,
        ExpressionAttributeNames: { ...Object.fromEntries(names), "#settledShard": Attribute.settledShard },
        ExpressionAttributeValues: Object.fromEntries(Object.values(state).map((value, index) => [`:${index}`, value])),
      }),
    );
  }

  /** The reconciler should have looked at it. */
  const due: Item = { [Attribute.dueAt]: { N: String(longAgo.getTime()) } };
  const stuck = (attempts: number): Item => ({
    ...due,
    [Attribute.status]: { S: Status.processing },
    [Attribute.claimedBy]: { S: "an execution that died" },
    [Attribute.leaseUntil]: { N: String(longAgo.getTime()) },
    [Attribute.attempts]: { N: String(attempts) },
  });

  async function reconcile(): Promise<Record<string, number>> {
    const { Payload, FunctionError } = await pipeline.clients.lambda.send(
      new InvokeCommand({ FunctionName: pipeline.outputs.reconcileFunctionName, Payload: Buffer.from("{}") }),
    );
    const answer = Buffer.from(Payload!).toString();
    assert.equal(FunctionError, undefined, answer);
    return JSON.parse(answer) as Record<string, number>;
  }

  /** Turns the reconciler's scheduled runs off or on. */
  async function setSchedule(State: ScheduleState): Promise<void> {
    const { Name, ScheduleExpression, FlexibleTimeWindow, Target } = await pipeline.clients.scheduler.send(
      new GetScheduleCommand({ Name: pipeline.outputs.reconcileFunctionName }),
    );
    await pipeline.clients.scheduler.send(new UpdateScheduleCommand({ Name, ScheduleExpression, FlexibleTimeWindow, Target, State }));
  }

  /** Runs something while no execution runs. The local pipe filters nothing, so an event's own records would start one. */
  async function withoutPipe(run: () => Promise<void>): Promise<void> {
    const { clients, outputs } = pipeline;
    const running = { stateMachineArn: String(outputs.stateMachineArn), statusFilter: "RUNNING" as const };
    await clients.pipes.send(new StopPipeCommand({ Name: String(outputs.pipeName) }));
    try {
      await eventually("all executions to end", async () => {
        const { executions = [] } = await clients.sfn.send(new ListExecutionsCommand(running));
        return executions.length === 0 || undefined;
      });
      await run();
    } finally {
      await clients.pipes.send(new StartPipeCommand({ Name: String(outputs.pipeName) }));
    }
  }

  it("is requeued after its worker died, with the reconciler's permissions", async () => {
    const id = await processedEvent();
    await withoutPipe(async () => {
      await write(id, stuck(1));
      assert.equal((await reconcile()).requeued, 1);
    });
    const item = await itemWithStatus(pipeline, id, Status.processed);
    assert.equal(item[Attribute.attempts].N, "2");
    assert.equal(item[Attribute.requeues].N, "1");
  });

  it("is not changed while its lease is valid", async () => {
    const id = await processedEvent();
    await withoutPipe(async () => {
      await write(id, { ...stuck(1), [Attribute.leaseUntil]: { N: String(Date.now() + 60_000) } });
      assert.equal((await reconcile()).requeued, 0);
      assert.equal((await readItem(pipeline, id))![Attribute.status].S, Status.processing);
      await write(id, stuck(1));
      assert.equal((await reconcile()).requeued, 1, "but no longer");
    });
    await itemWithStatus(pipeline, id, Status.processed);
  });

  it("becomes FAILED with a dead letter if its worker died too often", async () => {
    const id = await processedEvent();
    await write(id, stuck(maximumAttempts));
    assert.equal((await reconcile()).exhausted, 1);
    const item = (await readItem(pipeline, id))!;
    assert.equal(item[Attribute.status].S, Status.failed);
    assert.match(item[Attribute.error].S!, /^Exhausted: the worker died in each of 5 attempts$/);
    const deadLetter = await eventually("its dead letter", async () => {
      const { Messages = [] } = await pipeline.clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: pipeline.outputs.deadLetterQueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body }) => JSON.parse(Body!) as DeadLetter).find(({ transactionId }) => transactionId === id);
    });
    assert.equal(deadLetter.error, item[Attribute.error].S);
  });

  it("is requeued if nothing claimed it", async () => {
    const id = await processedEvent();
    await withoutPipe(async () => {
      await write(id, {
        ...due,
        [Attribute.status]: { S: Status.received },
        [Attribute.receivedAt]: { S: longAgo.toISOString() },
        [Attribute.requeuedAt]: { S: longAgo.toISOString() },
      });
      assert.equal((await reconcile()).requeued, 1);
      assert.equal((await reconcile()).requeued, 0, "it is given time now");
    });
    const item = await itemWithStatus(pipeline, id, Status.processed);
    assert.equal(item[Attribute.requeues].N, "1");
  });

  it("is searched for once per run: Lambda does not repeat a failed run", async () => {
    const { clients, outputs } = pipeline;
    const startTime = Date.now();
    const runs = async () => {
      const logGroupName = `/aws/lambda/${outputs.reconcileFunctionName}`;
      const page = await clients.logs.send(new FilterLogEventsCommand({ logGroupName, startTime, filterPattern: "Reconciled" }));
      return page.events!.length;
    };
    await without("dynamodb:Query", "reconcile", pipeline, async () => {
      await clients.lambda.send(new InvokeCommand({ FunctionName: outputs.reconcileFunctionName, InvocationType: "Event" }));
      await eventually("the run that fails", async () => (await runs()) > 0 || undefined);
      await sleep(localRetriesMs);
    });
    assert.equal(await runs(), 1);
  });

  it("reaches a subscriber again by a replay of the archive, under the same transaction ID", async () => {
    const { clients, outputs } = pipeline;
    const { body } = await send(pipeline, "square");
    await itemWithStatus(pipeline, body.transactionId!, Status.processed);
    const QueueUrl = await subscribe(clients, outputs.eventBusName, "replayed", { "replay-name": [{ exists: true }] });
    const target = { ...clients, ...outputs, eventArchiveName: String(outputs.eventArchiveName) };
    await startReplay(target, { since: longAgo.toISOString(), until: new Date(Date.now() + 1_000).toISOString() });
    const seen: string[] = [];
    await eventually("the replayed event", async () => {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      seen.push(...Messages.map(({ Body }) => (JSON.parse(Body!) as { detail: { transactionId: string } }).detail.transactionId));
      return seen.includes(body.transactionId!) || undefined;
    });
  });
});
