import { setTimeout as sleep } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, type Message } from "@aws-sdk/client-sqs";
import { triggerOf, type DeliveryMessage, type PayloadChoice } from "../../domain/destinations";
import { Attribute, type Kind, type ProcessedEvent } from "../../domain/event";
import { bodyOf } from "../../handlers/deliver/body";
import { withSentences } from "../events/target";
import { oneOf } from "../events/filters";
import { onInterruption } from "../lib/interruption";
import { print, printError, printLine } from "../lib/output";
import { findTarget, targetName, type Target } from "../lib/target";
import { forwardingSecret } from "../start/forwarding";
import { forward, type Forwarded } from "./forward";
import { Listener, removeEnded } from "./listener";

/** Options of `listen`, as the command line gives them. */
export interface ListenOptions {
  forwardTo: string;
  stack?: string;
  sources?: string[];
  kinds?: Kind[];
  payload: PayloadChoice;
  json?: boolean;
}

/** Most seconds that a request for messages waits: a request ends after ten. */
const waitSeconds = 5;
/** Milliseconds after which the queue and the rule are reserved again. */
const renewEveryMs = 3_600_000;

/** Forwards a stack's events to a service until Ctrl-C, then removes the queue and the rule that it has made. */
export async function listen(options: ListenOptions): Promise<number> {
  const { stack, sources, kinds, forwardTo } = options;
  const target = await findTarget(stack);
  for (const source of sources ?? []) oneOf("--sources", source, Object.keys(target.webhookUrls).sort());
  return withSentences("listen", stack, async () => {
    await removeEnded(target).catch(({ message }: Error) => printError(`What an earlier listen has left could not be removed: ${message}`));
    const listener = new Listener(target);
    const ended = new AbortController();
    // Runs at the end, whatever ends the command.
    onInterruption(() => {
      ended.abort();
      return listener.remove().catch((error: Error) => printError(leftBehind(listener.name, error)));
    });
    await listener.create({ ...(sources && { sources }), ...(kinds && { kinds }) });
    const { secret, key, isNew, file } = forwardingSecret();
    printError(
      isNew
        ? `Verify requests with this secret. It stays the same, and is kept in ${file}:`
        : `Requests are signed with the secret in ${file}.`,
    );
    if (isNew) printError(`  WEBHOOK_SECRET=${secret}`);
    printError(`Forwarding the events of ${targetName(stack)} to ${forwardTo}. Ctrl-C ends it, and removes ${listener.name}.`);
    await Promise.race([renewing(listener, ended.signal), forwarding(target, listener, key, options, ended.signal)]);
    return 0;
  });
}

function leftBehind(name: string, { message }: Error): string {
  return `The queue and the rule ${name} could not be removed (${message}). The next listen removes them once a day has passed.`;
}

/** Reserves the queue and the rule as long as the command runs. A failure is no reason to end it. */
async function renewing(listener: Listener, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(renewEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await listener.renew().catch((error: Error) => printError(`${listener.name} could not be reserved for longer: ${error.message}`));
  }
}

/** Forwards events one after the other until the signal aborts. */
async function forwarding(target: Target, { queueUrl }: Listener, key: Buffer, options: ListenOptions, signal: AbortSignal): Promise<void> {
  const { sqs } = target;
  while (!signal.aborted) {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds });
    const received = await sqs.send(command, { abortSignal: signal }).catch((error: Error) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    for (const message of received?.Messages ?? []) {
      if (signal.aborted) return;
      await forwardOne(target, message, key, options);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
  }
}

/** Forwards one event, and prints a line about it. It is not tried again: the service is being worked on. */
async function forwardOne(target: Target, { Body = "" }: Message, key: Buffer, { forwardTo, payload, json }: ListenOptions): Promise<void> {
  const message = JSON.parse(Body) as DeliveryMessage & { detail: ProcessedEvent };
  const { transactionId, eventType, kind } = message.detail;
  const at = new Date().toISOString();
  const { dynamodb, tableName } = target;
  const Key = { [Attribute.transactionId]: { S: transactionId } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
  const forwarded: Forwarded = Item
    ? await forward(forwardTo, key, transactionId, triggerOf(message), bodyOf(transactionId, Item, payload))
    : { error: "expired", durationMs: 0 };
  const { status, error, durationMs } = forwarded;
  if (json) print(JSON.stringify({ at, transactionId, eventType, kind, ...forwarded }));
  else printLine(`${at}  ${status ?? error}  ${String(durationMs).padStart(5)} ms  ${transactionId}  ${eventType} (${kind})`);
}
