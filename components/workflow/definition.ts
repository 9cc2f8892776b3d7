import { Attribute, eventSource } from "../../domain/event";
import { executionTimeoutSeconds, leaseSeconds, Outcome, ProcessingError } from "../../domain/processing";
import { entryOf } from "../../domain/history";
import { conditionalWrite, transitions } from "../../domain/lifecycle";

/** Resources that the states use. */
export interface DefinitionTargets {
  partition: string;
  tableName: string;
  processFunctionArn: string;
  /** Most seconds that one try of the processing function may take. */
  processTimeoutSeconds: number;
  eventBusName: string;
  deadLetterQueueUrl: string;
}

type State = Record<string, unknown>;

/** Retry policies. `States.TaskFailed` matches all errors of the SDK integrations. */
const retry = {
  /** For calls to AWS services: quick, because the calls are idempotent. */
  call: {
    ErrorEquals: ["States.TaskFailed", "States.Timeout"],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 8,
    JitterStrategy: "FULL",
  },
  /** For Lambda itself. It refuses at once when it throttles, so more tries cost nothing. */
  lambda: {
    ErrorEquals: ["Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 20,
    JitterStrategy: "FULL",
  },
  /** For the processing function: four tries in all. Together with the retries above, an execution still ends before its timeout. */
  process: {
    ErrorEquals: ["States.TaskFailed", "States.Timeout"],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 3,
    MaxDelaySeconds: 15,
    JitterStrategy: "FULL",
  },
  never: (errors: string[]) => ({ ErrorEquals: errors, IntervalSeconds: 1, MaxAttempts: 0 }),
} as const;

const conditionFailed = ["DynamoDB.ConditionalCheckFailedException"];
const expression = (jsonata: string) => `{% ${jsonata} %}`;
const text = (jsonata: string) => ({ S: expression(jsonata) });
const now = text("$now()");
/** Values of the owner: only the branch that claimed the item may write its outcome. */
const owner = { me: text("$claim"), now };
/** Values of a failure. The history keeps the error's code, which is in front of its message. */
const failed = { ...owner, error: text("$failure"), entry: entryOf("failed", now, text("$substringBefore($failure, ': ')")) };

/**
 * Returns the state machine's definition, in JSONata. Input is the array of records that the pipe delivers, each reduced to its key:
 * `[{"dynamodb": {"Keys": {"transaction_id": {"S": "stripe#evt_1"}}}}]`. No state ever holds a payload.
 *
 * - Process makes one Map branch of one execution the owner of an item, in the write of its result. A record that is delivered twice, or
 *   that needs no work, ends as NOTHING_TO_DO. A batch can contain the same event twice, so each branch, not the execution, owns its event
 *   (`executionName#index`).
 * - An event that cannot be processed is claimed before its dead letter is sent, so that one branch alone sends one. The dead letter is sent
 *   before the item becomes FAILED, so every FAILED item has one, even if a call between the two fails.
 * - An event whose calls keep failing, or whose store does not answer, does not delay others. Its branch ends as UNSETTLED and the others
 *   continue. Then the execution fails, so that the pipe delivers the batch again.
 *
 * @see https://states-language.net/spec.html
 */
export function workflowDefinition(targets: DefinitionTargets): Record<string, unknown> {
  return {
    Comment: "Process, publish and complete each event of a batch",
    QueryLanguage: "JSONata",
    TimeoutSeconds: executionTimeoutSeconds,
    StartAt: "ForEachEvent",
    States: {
      ForEachEvent: {
        Type: "Map",
        Items: expression("$states.input"),
        ItemSelector: {
          transactionId: expression(`$states.context.Map.Item.Value.dynamodb.Keys.${Attribute.transactionId}.S`),
          claim: expression("$states.context.Execution.Name & '#' & $string($states.context.Map.Item.Index)"),
        },
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Process", States: eventStates(targets) },
        Output: expression(`{ 'events': $count($states.result), 'unsettled': $count($states.result[outcome = '${Outcome.unsettled}']) }`),
        Next: "AllSettled",
      },
      AllSettled: {
        Type: "Choice",
        Choices: [{ Condition: expression("$states.input.unsettled > 0"), Next: "EventsUnsettled" }],
        Default: "Settled",
      },
      EventsUnsettled: { Type: "Fail", Error: "EventsUnsettled", Cause: "Calls of the workflow failed. See its log." },
      Settled: { Type: "Succeed" },
    },
  };
}

function eventStates(targets: DefinitionTargets): Record<string, State> {
  const service = (action: string) => `arn:${targets.partition}:states:::${action}`;
  const key = { [Attribute.transactionId]: text("$transactionId") };
  const branch = { transactionId: expression("$states.input.transactionId"), claim: expression("$states.input.claim") };
  const onFailure = { ErrorEquals: ["States.ALL"], Assign: { ...branch, failure: failureOf() }, Next: "Claim" };
  const toNothingToDo = { ErrorEquals: conditionFailed, Next: "NothingToDo" };
  const toUnsettled = { ErrorEquals: ["States.ALL"], Next: "Unsettled" };

  return {
    Process: {
      Type: "Task",
      Resource: service("lambda:invoke"),
      Assign: branch,
      Arguments: { FunctionName: targets.processFunctionArn, Payload: branch },
      TimeoutSeconds: targets.processTimeoutSeconds,
      Output: expression("$states.result.Payload"),
      Retry: [retry.never([ProcessingError.unprocessable]), retry.lambda, retry.process],
      Catch: [{ ErrorEquals: [ProcessingError.storeUnavailable], Next: "Unsettled" }, onFailure],
      Next: "Owned",
    },
    Owned: {
      Type: "Choice",
      Choices: [{ Condition: expression(`$states.input.outcome = '${Outcome.owned}'`), Next: "Publish" }],
      Default: "NothingToDo",
    },
    Publish: {
      Type: "Task",
      Resource: service("events:putEvents"),
      Arguments: {
        Entries: [
          {
            EventBusName: targets.eventBusName,
            Source: eventSource,
            DetailType: expression("$states.input.event.kind"),
            Detail: expression("$states.input.event"),
          },
        ],
      },
      Retry: [retry.call],
      Catch: [{ ErrorEquals: ["States.ALL"], Assign: { failure: failureOf() }, Next: "DeadLetter" }],
      Next: "Complete",
    },
    Complete: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Arguments: { TableName: targets.tableName, Key: key, ...conditionalWrite(transitions.complete, owner) },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [toNothingToDo, toUnsettled],
      Next: "Processed",
    },
    Claim: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Arguments: {
        TableName: targets.tableName,
        Key: key,
        ...conditionalWrite(transitions.claim, {
          ...owner,
          nowMs: { N: expression("$string($millis())") },
          leaseUntil: { N: expression(`$string($millis() + ${leaseSeconds * 1000})`) },
        }),
      },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [toNothingToDo, toUnsettled],
      Next: "DeadLetter",
    },
    DeadLetter: {
      Type: "Task",
      Resource: service("sqs:sendMessage"),
      Arguments: {
        QueueUrl: targets.deadLetterQueueUrl,
        MessageBody: {
          transactionId: expression("$transactionId"),
          error: expression("$failure"),
          execution: expression("$states.context.Execution.Id"),
        },
      },
      Retry: [retry.call],
      Catch: [toUnsettled],
      Next: "MarkFailed",
    },
    MarkFailed: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Arguments: { TableName: targets.tableName, Key: key, ...conditionalWrite(transitions.fail, failed) },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [toNothingToDo, toUnsettled],
      Next: "Failed",
    },
    NothingToDo: { Type: "Succeed", Output: { outcome: Outcome.nothingToDo } },
    Unsettled: { Type: "Succeed", Output: { outcome: Outcome.unsettled } },
    Processed: { Type: "Succeed", Output: { outcome: Outcome.processed } },
    Failed: { Type: "Succeed", Output: { outcome: Outcome.failed } },
  };
}

/** Returns the error's name and the beginning of its message. Handlers put no payload into either. */
function failureOf(): string {
  return expression("$states.errorOutput.Error & ': ' & $substring($states.errorOutput.Cause, 0, 500)");
}
