import { Attribute, type ProcessedEvent } from "../../domain/event";
import { transitions } from "../../domain/lifecycle";
import { Metrics } from "./alarms";
import type { Clock } from "./clock";
import { CallFailure, Faults, type Fault } from "./faults";
import { FunctionError, invoke, type FunctionName, type Lambda } from "./functions";
import { TaskError, timedOut, type Parameters } from "./machine";
import { Table, type BatchCall, type Change, type TableCall } from "./eventsTable";
import { Bucket, Queue, ServiceError } from "./services";
import type { MatrixSettings } from "./settings";

/** Counts the uses of each automatic remedy. */
export interface Remedies {
  sdk: number;
  source: number;
  workflow: number;
  pipe: number;
  /** Events that the reconciler requeued. */
  reconciler: number;
  /** Failed runs of the reconciler. */
  schedule: number;
  /** Commands by an operator. */
  operator: number;
}

/** AWS as functions, workflow and command line call it, with the faults of a run. */
export class SimulatedCloud {
  readonly faults: Faults;
  readonly metrics = new Metrics();
  readonly queue = new Queue();
  readonly bucket = new Bucket();
  readonly table: Table;
  readonly published: { at: number; event: ProcessedEvent }[] = [];
  readonly remedies: Remedies = { sdk: 0, source: 0, workflow: 0, pipe: 0, reconciler: 0, schedule: 0, operator: 0 };
  protected readonly lambda: Lambda;

  constructor(
    readonly clock: Clock,
    readonly settings: MatrixSettings,
    faults: readonly Fault[],
    onChange: (change: Change) => void,
  ) {
    this.faults = new Faults(clock, faults);
    this.table = new Table(Attribute.transactionId, onChange);
    this.lambda = {
      clock,
      timeoutSeconds: settings.timeoutSeconds,
      answer: (caller, action, parameters) => this.answer(caller, action, parameters),
      onSdkRetry: () => this.remedies.sdk++,
      onEnd: (name, failed) => this.countInvocation(name, failed),
    };
  }

  /** Makes a Task's call, as the service integration does. */
  protected async call(state: string, resource: string, parameters: Parameters, timeoutSeconds: number | undefined): Promise<unknown> {
    const [service, action] = resource.split(":").slice(-2);
    try {
      return await this.faults.through(`workflow: ${state}`, eventOf(parameters), () => this.integrated(action, parameters));
    } catch (error) {
      if (error instanceof ServiceError) throw new TaskError(`DynamoDB.${error.code}`, error.message);
      if (error instanceof FunctionError)
        throw new TaskError(error.type, JSON.stringify({ errorType: error.type, errorMessage: error.message }));
      if (!(error instanceof CallFailure)) throw error;
      if (error.kind === "throttle" && action === "updateItem") this.countTableThrottle("UpdateItem");
      if (error.kind === "throttle" && action === "invoke") this.countThrottle("process");
      if (error.kind === "timeout") await this.clock.wait((timeoutSeconds ?? 10) * 1_000);
      if (error.kind === "timeout" && timeoutSeconds !== undefined) throw timedOut();
      throw new TaskError(failureNames[service]?.[error.kind] ?? `${service}.${error.kind}`, error.kind);
    }
  }

  private async integrated(action: string, parameters: Parameters): Promise<unknown> {
    switch (action) {
      case "updateItem":
        return this.table.update(parameters as unknown as TableCall);
      case "invoke":
        return { Payload: await invoke(this.lambda, "process", parameters.Payload) };
      case "sendMessage":
        return this.queue.send(JSON.stringify(parameters.MessageBody));
      case "putEvents": {
        const [{ Detail }] = parameters.Entries as { Detail: ProcessedEvent }[];
        this.published.push({ at: this.clock.now, event: Detail });
        return { FailedEntryCount: 0 };
      }
      default:
        throw new Error(`The simulation knows no ${action}.`);
    }
  }

  /** Answers an SDK call of a function or of the command line. */
  async answer(caller: string, action: string, parameters: Record<string, unknown>): Promise<object> {
    const call = parameters as unknown as TableCall;
    const [, operation] = action.split(":");
    const transition = transitionOf(call);
    const name = `${caller}: ${operation}${operation === "UpdateItem" ? ` (${transition})` : ""}`;
    try {
      const answer = await this.faults.through(name, eventOf(parameters), () => this.served(action, call, parameters));
      if (transition?.startsWith("requeue")) this.remedies.reconciler++;
      return answer;
    } catch (error) {
      if (error instanceof CallFailure && error.kind === "throttle" && action.startsWith("dynamodb:")) this.countTableThrottle(operation);
      throw error;
    }
  }

  private served(action: string, call: TableCall, parameters: Record<string, unknown>): object {
    switch (action) {
      case "dynamodb:PutItem":
        return this.table.put(call);
      case "dynamodb:UpdateItem":
        return this.table.update(call);
      case "dynamodb:GetItem":
        return this.table.get(call);
      case "dynamodb:BatchGetItem":
        return this.table.batchGet(parameters as unknown as BatchCall);
      case "dynamodb:Query":
        return this.table.query(call);
      case "sqs:SendMessage":
        return this.queue.send(parameters.MessageBody as string);
      case "sqs:ReceiveMessage":
        return this.queue.receive(parameters.MaxNumberOfMessages as number, parameters.VisibilityTimeout as number);
      case "sqs:DeleteMessage":
        return this.queue.remove(parameters.ReceiptHandle as string);
      case "s3:PutObject":
        return this.bucket.put(parameters.key as string, parameters.body as Uint8Array);
      case "s3:GetObject":
        return this.bucket.get(parameters.key as string);
      case "secretsmanager:GetSecretValue":
        return { SecretString: this.settings.secretOf(parameters.SecretId as string) };
      default:
        throw new Error(`The simulation knows no ${action}.`);
    }
  }

  private countInvocation(name: FunctionName, failed: boolean): void {
    const dimensions = this.settings.dimensions[name];
    this.metrics.add("AWS/Lambda", "Invocations", dimensions, 1);
    this.metrics.add("AWS/Lambda", "Errors", dimensions, failed ? 1 : 0);
  }

  protected countThrottle(name: FunctionName): void {
    this.metrics.add("AWS/Lambda", "Throttles", this.settings.dimensions[name], 1);
  }

  private countTableThrottle(operation: string): void {
    this.metrics.add("AWS/DynamoDB", "ThrottledRequests", { ...this.settings.dimensions.table, Operation: operation }, 1);
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
const failureNames: Record<string, Partial<Record<string, string>>> = {
  lambda: {
    throttle: "Lambda.TooManyRequestsException",
    "5xx": "Lambda.ServiceException",
    denied: "Lambda.AWSLambdaException",
    "response lost": "Lambda.SdkClientException",
  },
};

/** Returns the name of the write in domain/lifecycle.ts that a call makes. */
function transitionOf({ ConditionExpression, UpdateExpression }: TableCall): string | undefined {
  const all = Object.entries(transitions);
  return all.find(([, { condition, update }]) => condition === ConditionExpression && update === UpdateExpression)?.[0];
}

type About = Pick<ProcessedEvent, "transactionId">;

/** Returns the transaction ID of the event that a call is about. */
function eventOf(parameters: Record<string, unknown>): string | undefined {
  const { Key, Item, ...others } = parameters as unknown as TableCall;
  const { Payload, MessageBody, Entries } = others as { Payload?: About; MessageBody?: About; Entries?: { Detail: About }[] };
  const about = Payload ?? MessageBody ?? Entries?.[0].Detail;
  return (Key ?? Item)?.[Attribute.transactionId]?.S ?? about?.transactionId;
}
