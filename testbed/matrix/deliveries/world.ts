import {
  DeliveryAttribute,
  deliveryBatchSize,
  undeliveredIndex,
  visibilityTimeoutSeconds,
  type DeliverCommand,
} from "../../../domain/destinations";
import { Attribute } from "../../../domain/event";
import { destinationName } from "../../../domain/names";
import { Variable } from "../../../domain/variables";
import type { Answer, OutgoingRequest } from "../../../handlers/deliver/send";
import { Metrics } from "../alarms";
import type { Clock } from "../clock";
import { Table, type Change, type Item, type TableCall } from "../eventsTable";
import { CallFailure, Crash, Faults, type Fault } from "../faults";
import { FunctionError, invoke, type Lambda } from "../functions";
import { matrixDestinations, type MatrixDestination, type MatrixSettings } from "../settings";
import { callName } from "./calls";
import { Target } from "./target";

/** Executions of a destination at once. */
const concurrency = 2;
const second = 1_000;

/** Milliseconds until an endpoint answers something, if a fault says what. */
const faultyMs = 50;

/** Queues, mappings, tables and endpoints in simulated time. The program's own function delivers. */
export class DeliveryWorld {
  readonly faults: Faults;
  readonly metrics = new Metrics();
  readonly targets: ReadonlyMap<MatrixDestination, Target>;
  readonly events = new Table(Attribute.transactionId, () => {});
  readonly deliveries: Table;
  /** Retries of the SDK. */
  sdkRetries = 0;
  private readonly lambda: Lambda;

  constructor(
    readonly clock: Clock,
    readonly settings: MatrixSettings,
    faults: readonly Fault[],
    private readonly secret: string,
    eventOf: (transactionId: string) => number,
    onChange: (change: Change) => void,
  ) {
    this.faults = new Faults(clock, faults);
    this.deliveries = new Table(DeliveryAttribute.id, onChange, [undeliveredIndex]);
    this.targets = new Map(matrixDestinations.map((name) => [name, new Target(name, clock.now, eventOf)]));
    this.lambda = {
      clock,
      timeoutSeconds: settings.timeoutSeconds,
      answer: (_caller, action, parameters) => this.answer("deliver", action, parameters),
      send: (request, at, pass) => this.sendTo(request, at, pass),
      onSdkRetry: () => this.sdkRetries++,
      onEnd: (_name, failed) => this.countInvocation(failed),
    };
  }

  /** Starts the pollers and the schedule. */
  start(): void {
    for (const target of this.targets.values())
      for (let execution = 0; execution < concurrency; execution++) this.every(second, () => this.poll(target));
    this.every(60 * second, async () => {
      this.countMessages();
      await this.run({ command: "tend" });
    });
  }

  /** Brings a published event to every queue. */
  publish(item: Item): void {
    const transactionId = item[Attribute.transactionId].S!;
    this.events.items.set(transactionId, item);
    for (const { queue } of this.targets.values()) queue.send(JSON.stringify({ detail: { transactionId } }));
  }

  /** Runs a command of the schedule or of an operator. */
  async run(command: DeliverCommand): Promise<void> {
    await this.invoked("schedule: Invoke", command).catch(ignoreFailure);
  }

  private every(milliseconds: number, work: () => Promise<void>): void {
    this.clock.spawn(async () => {
      for (;;) {
        await this.clock.wait(milliseconds);
        await work();
      }
    });
  }

  /** Invokes the function with visible messages. Those of an invocation that fails stay hidden for a while. */
  private async poll({ name, isMapped, queue }: Target): Promise<void> {
    const messages = isMapped ? queue.take(deliveryBatchSize, visibilityTimeoutSeconds) : [];
    if (messages.length === 0) return;
    const Records = messages.map(({ id, body, sentAt }) => ({
      messageId: id,
      receiptHandle: id,
      body,
      attributes: { SentTimestamp: String(sentAt) },
      eventSourceARN: queueArn(name),
    }));
    try {
      const answer = await this.invoked("mapping: Invoke", { Records });
      const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
      const staying = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      for (const { id } of messages) if (!staying.includes(id)) queue.remove(id);
    } catch (error) {
      ignoreFailure(error);
    }
  }

  private invoked(call: string, event: object): Promise<unknown> {
    return this.faults
      .through(call, undefined, () => invoke(this.lambda, "deliver", event))
      .catch((error: unknown) => {
        if (error instanceof CallFailure && error.kind === "throttle") this.count("AWS/Lambda", "Throttles", 1);
        throw error;
      });
  }

  /** Answers a request to a destination, in a fault's way while one strikes. */
  private async sendTo(request: OutgoingRequest, at: number, pass: (milliseconds: number) => void): Promise<Answer> {
    const target = this.targets.get(new URL(request.url).hostname.split(".")[0] as MatrixDestination)!;
    try {
      return await this.faults.through("deliver: POST", undefined, () => target.answer(request, at, pass));
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      pass(error.kind === "timeout" ? request.timeoutMs : faultyMs);
      return faultyAnswers[error.kind];
    }
  }

  /** Answers an SDK call of the function or of the command line. */
  answer(caller: string, action: string, parameters: Record<string, unknown>): Promise<object> {
    return this.faults.through(`${caller}: ${callName(action, parameters)}`, undefined, () => this.served(action, parameters));
  }

  private served(action: string, parameters: Record<string, unknown>): object {
    const call = parameters as unknown as TableCall & { TableName: string };
    const table = call.TableName === process.env[Variable.tableName] ? this.events : this.deliveries;
    switch (action) {
      case "dynamodb:GetItem":
        return table.get(call);
      case "dynamodb:PutItem":
        return table.put(call);
      case "dynamodb:UpdateItem":
        return table.update(call);
      case "dynamodb:Query":
        return table.query(call);
      case "secretsmanager:GetSecretValue":
        return { SecretString: JSON.stringify({ secret: this.secret }) };
      case "lambda:ListEventSourceMappings":
        return { EventSourceMappings: [...this.targets.values()].map(mappingOf) };
      case "lambda:UpdateEventSourceMapping":
        this.targets.get(parameters.UUID as MatrixDestination)!.isMapped = parameters.Enabled as boolean;
        return {};
      default:
        return this.servedByQueue(action, parameters as Record<string, string>);
    }
  }

  private servedByQueue(action: string, parameters: Record<string, string>): object {
    const [, name, isForDeadLetters] = /webhook-to-([a-z]+)(-dead-letters)?-test$/.exec(parameters.QueueUrl)!;
    const { queue, deadLetters } = this.targets.get(name as MatrixDestination)!;
    switch (action) {
      case "sqs:SendMessage":
        return (isForDeadLetters ? deadLetters : queue).send(parameters.MessageBody);
      case "sqs:ReceiveMessage":
        return queue.receive(Number(parameters.MaxNumberOfMessages), Number(parameters.VisibilityTimeout));
      case "sqs:ChangeMessageVisibility":
        return queue.hide(parameters.ReceiptHandle, Number(parameters.VisibilityTimeout));
      case "sqs:DeleteMessage":
        return queue.remove(parameters.ReceiptHandle);
      default:
        throw new Error(`The simulation knows no ${action}.`);
    }
  }

  private countInvocation(failed: boolean): void {
    this.count("AWS/Lambda", "Invocations", 1);
    this.count("AWS/Lambda", "Errors", failed ? 1 : 0);
  }

  private count(namespace: string, metric: string, value: number): void {
    this.metrics.add(namespace, metric, this.settings.dimensions.deliver, value);
  }

  private countMessages(): void {
    const { environment } = this.settings;
    for (const { name, queue, deadLetters } of this.targets.values()) {
      const oldest = Math.max(0, ...queue.messages.map(({ sentAt }) => this.clock.now - sentAt));
      const age = { QueueName: destinationName.queue(name, environment) };
      this.metrics.add("AWS/SQS", "ApproximateAgeOfOldestMessage", age, oldest / second);
      const dead = { QueueName: destinationName.deadLetterQueue(name, environment) };
      this.metrics.add("AWS/SQS", "ApproximateNumberOfMessagesVisible", dead, deadLetters.messages.length);
    }
  }
}

const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:webhook-to-${name}-test`;

const mappingOf = ({ name, isMapped }: Target) => ({
  UUID: name,
  State: isMapped ? "Enabled" : "Disabled",
  EventSourceArn: queueArn(name),
});

/** Answers of an endpoint that a fault hits. Nobody knows what an endpoint did that did not answer. */
const faultyAnswers: Record<CallFailure["kind"], Answer> = {
  throttle: { status: 429 },
  "5xx": { status: 503 },
  timeout: { error: "timeout" },
  denied: { status: 401 },
  "response lost": { error: "ECONNRESET" },
};

/** Passes over the failure of an invocation: its messages or its command come again. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof CallFailure || error instanceof Crash || error instanceof FunctionError)) throw error;
}
