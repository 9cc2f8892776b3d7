import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { Status } from "../../domain/event";
import { chooseBy, idsOf } from "../../cli/events/chosen";
import { removeSettledDeadLetters } from "../../cli/events/dlq";
import { redriveAll } from "../../cli/events/redrive";
import { stackConnection, type Target } from "../../cli/lib/target";
import { deadLettersOf, idsWithStatus } from "./guarantees";
import type { Pipeline } from "./pipeline";
import { connect, type Wire } from "./sdk";
import type { MatrixSettings } from "./settings";

const minute = 60_000;
/** Most commands of an operator. */
const patience = 20;

/** Acts as an operator once the trouble is over: starts a disabled pipe, redrives FAILED events, and repeats the command until it succeeds. */
export async function operate(pipeline: Pipeline, settle: () => Promise<boolean>): Promise<void> {
  const { clock, faults, remedies } = pipeline;
  const wait = async (holds: () => boolean) => clock.runUntil(holds, clock.now + 60 * minute);
  await wait(() => faults.areOver);
  for (let ended = true; remedies.operator < patience && (needsOperator(pipeline) || !ended);) {
    let answered = false;
    clock.spawn(async () => {
      await clock.wait(5 * minute);
      remedies.operator++;
      if (isStopped(pipeline)) pipeline.startPipe(pipeline.settings.pipe.readsOnFrom);
      else ended = await redrive(pipeline);
      answered = true;
    });
    await wait(() => answered);
    await settle();
  }
}

/** Tells if the pipe is stopped, as `aws pipes describe-pipe` in the runbook does. */
const isStopped = ({ pipe }: Pipeline) => pipe.currentState === "STOPPED";

/** Tells if an operator must act, as alarms and `events stats` show. */
function needsOperator(pipeline: Pipeline): boolean {
  const hasDeadLetters = [...pipeline.table.items.keys()].some((id) => deadLettersOf(pipeline, id) > 0);
  return isStopped(pipeline) || hasDeadLetters || idsWithStatus(pipeline, Status.failed).length > 0;
}

/** Runs `npx webhook-pipeline events redrive --all`. @returns true if it succeeds */
async function redrive(pipeline: Pipeline): Promise<boolean> {
  let crash = () => {};
  const crashed = new Promise<boolean>((resolve) => (crash = () => resolve(false)));
  const wire: Wire = {
    answer: (action, parameters) => pipeline.answer("operator", action, parameters),
    onRetry: () => pipeline.remedies.sdk++,
    onSilence: (milliseconds) => {
      if (milliseconds === Infinity) crash();
      return milliseconds;
    },
    onCrash: () => crash(),
  };
  const target = await targetBehind(wire, pipeline.settings);
  const command = async () => {
    const { events } = await chooseBy(target, { statuses: [Status.failed] });
    const { signal } = new AbortController();
    const { failed, stopped } = await redriveAll(target, idsOf(events()), { rate: 1_000, signal, onProgress: () => {} });
    if (!stopped) await removeSettledDeadLetters(target, signal);
    return failed.size === 0 && !stopped;
  };
  return Promise.race([command().catch(() => false), crashed]);
}

async function targetBehind(wire: Wire, { indexShards }: MatrixSettings): Promise<Target> {
  const options = stackConnection("eu-central-1");
  const clients = { dynamodb: new DynamoDBClient(options), sqs: new SQSClient(options) };
  for (const client of Object.values(clients)) await connect(client as DynamoDBClient, () => wire);
  return { ...clients, tableName: "events", indexShards, deadLetterQueueUrl: "https://queue.invalid/" } as unknown as Target;
}
