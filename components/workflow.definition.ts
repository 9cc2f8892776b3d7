import { Attribute, eventSource, executionTimeoutSeconds, leaseSeconds, ProcessingError, Status } from "../contract";

/** What the states act on, as the definition names it. */
export interface DefinitionTargets {
  partition: string;
  tableName: string;
  processFunctionArn: string;
  /** The longest that one try of the processing function may take. */
  processTimeoutSeconds: number;
  eventBusName: string;
  deadLetterQueueUrl: string;
}

type State = Record<string, unknown>;

/** Error names of AWS's own services that a retry can cure; `States.TaskFailed` covers those of the SDK integrations. */
const retry = {
  /** Of AWS's own calls: quick, since they are idempotent here. */
  call: {
    ErrorEquals: ["States.TaskFailed", "States.Timeout"],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 8,
    JitterStrategy: "FULL",
  },
  /** Of Lambda itself, which answers at once when it throttles: more patience costs nothing. */
  lambda: {
    ErrorEquals: ["Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 20,
    JitterStrategy: "FULL",
  },
  /** Of the processing function: four tries in all. With the retries above, an execution still ends before its own timeout. */
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

/**
 * The states of the workflow, in JSONata. Input is the array of records that the pipe delivers, each reduced to its key:
 * `[{"dynamodb": {"Keys": {"transaction_id": {"S": "stripe#evt_1"}}}}]`. No state ever holds a payload.
 *
 * Claim makes one branch of one execution the owner of an item, so a record that is delivered twice (in one batch or in
 * two), or that needs nothing done, ends quietly. The dead letter is sent before the item says FAILED: an item that is FAILED has one, whatever breaks between.
 * @see https://states-language.net/spec.html
 */
export function workflowDefinition(targets: DefinitionTargets): Record<string, unknown> {
  return {
    Comment: "Claim, process, publish and complete each event of a batch",
    QueryLanguage: "JSONata",
    TimeoutSeconds: executionTimeoutSeconds,
    StartAt: "ForEachEvent",
    States: {
      ForEachEvent: {
        Type: "Map",
        Items: expression("$states.input"),
        ItemSelector: {
          transactionId: expression(`$states.context.Map.Item.Value.dynamodb.Keys.${Attribute.transactionId}.S`),
          claim: expression("$states.context.Execution.Id & '#' & $string($states.context.Map.Item.Index)"),
        },
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Claim", States: eventStates(targets) },
        Output: expression("{ 'events': $count($states.result) }"),
        End: true,
      },
    },
  };
}

function eventStates(targets: DefinitionTargets): Record<string, State> {
  const service = (action: string) => `arn:${targets.partition}:states:::${action}`;
  const key = { [Attribute.transactionId]: text("$transactionId") };
  const failTo = (next: string) => ({ ErrorEquals: ["States.ALL"], Assign: { failure: failureOf() }, Next: next });

  return {
    Claim: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Assign: { transactionId: expression("$states.input.transactionId"), claim: expression("$states.input.claim") },
      Arguments: {
        TableName: targets.tableName,
        Key: { [Attribute.transactionId]: text("$states.input.transactionId") },
        ...claimUpdate(),
      },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [{ ErrorEquals: conditionFailed, Next: "NothingToDo" }],
      Next: "Process",
    },
    Process: {
      Type: "Task",
      Resource: service("lambda:invoke"),
      Arguments: {
        FunctionName: targets.processFunctionArn,
        Payload: { transactionId: expression("$transactionId"), claim: expression("$claim") },
      },
      TimeoutSeconds: targets.processTimeoutSeconds,
      Output: expression("$states.result.Payload"),
      Retry: [retry.never([ProcessingError.unprocessable, ProcessingError.leaseLost]), retry.lambda, retry.process],
      Catch: [{ ErrorEquals: [ProcessingError.leaseLost], Next: "NothingToDo" }, failTo("DeadLetter")],
      Next: "Publish",
    },
    Publish: {
      Type: "Task",
      Resource: service("events:putEvents"),
      Arguments: {
        Entries: [
          {
            EventBusName: targets.eventBusName,
            Source: eventSource,
            DetailType: expression("$states.input.kind"),
            Detail: expression("$states.input"),
          },
        ],
      },
      Retry: [retry.call],
      Catch: [failTo("DeadLetter")],
      Next: "Complete",
    },
    Complete: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Arguments: { TableName: targets.tableName, Key: key, ...completeUpdate() },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [{ ErrorEquals: conditionFailed, Next: "NothingToDo" }],
      Next: "Processed",
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
      Next: "MarkFailed",
    },
    MarkFailed: {
      Type: "Task",
      Resource: service("dynamodb:updateItem"),
      Arguments: { TableName: targets.tableName, Key: key, ...failUpdate() },
      Retry: [retry.never(conditionFailed), retry.call],
      Catch: [{ ErrorEquals: conditionFailed, Next: "NothingToDo" }],
      Next: "Failed",
    },
    NothingToDo: { Type: "Succeed", Output: { outcome: "NOTHING_TO_DO" } },
    Processed: { Type: "Succeed", Output: { outcome: Status.processed } },
    Failed: { Type: "Succeed", Output: { outcome: Status.failed } },
  };
}

/** What is kept of an error: its name and the beginning of its message. Handlers put no payload into either. */
function failureOf(): string {
  return expression("$states.errorOutput.Error & ': ' & $substring($states.errorOutput.Cause, 0, 500)");
}

/**
 * Owned by this branch if nobody owns it, if it is ours already (the answer to the first try was lost), or if the
 * owner's lease ran out:
 *
 *     RECEIVED ──────────────────────────┐
 *     PROCESSING, claimed by this branch ─┼─▶ PROCESSING, claimed by this branch, lease renewed
 *     PROCESSING, lease over ────────────┘
 */
function claimUpdate() {
  const available = "#status = :received";
  const alreadyMine = "(#status = :processing AND #claimedBy = :me)";
  const abandoned = "(#status = :processing AND #leaseUntil < :now)";
  return {
    ConditionExpression: [available, alreadyMine, abandoned].join(" OR "),
    UpdateExpression: "SET #status = :processing, #claimedBy = :me, #claimedAt = :nowText, #leaseUntil = :leaseUntil ADD #attempts :one",
    ExpressionAttributeNames: {
      "#status": Attribute.status,
      "#claimedBy": Attribute.claimedBy,
      "#claimedAt": Attribute.claimedAt,
      "#leaseUntil": Attribute.leaseUntil,
      "#attempts": Attribute.attempts,
    },
    ExpressionAttributeValues: {
      ":received": { S: Status.received },
      ":processing": { S: Status.processing },
      ":me": text("$states.input.claim"),
      ":now": { N: expression("$string($millis())") },
      ":nowText": text("$now()"),
      ":leaseUntil": { N: expression(`$string($millis() + ${leaseSeconds * 1000})`) },
      ":one": { N: "1" },
    },
  };
}

const mine = "#status = :processing AND #claimedBy = :me";
const mineNames = {
  "#status": Attribute.status,
  "#claimedBy": Attribute.claimedBy,
  "#leaseUntil": Attribute.leaseUntil,
  "#finishedAt": Attribute.finishedAt,
  "#error": Attribute.error,
};
const mineValues = { ":now": text("$now()"), ":processing": { S: Status.processing }, ":me": text("$claim") };

function completeUpdate() {
  return {
    ConditionExpression: mine,
    UpdateExpression: "SET #status = :processed, #finishedAt = :now REMOVE #claimedBy, #leaseUntil, #error",
    ExpressionAttributeNames: mineNames,
    ExpressionAttributeValues: { ...mineValues, ":processed": { S: Status.processed } },
  };
}

function failUpdate() {
  return {
    ConditionExpression: mine,
    UpdateExpression: "SET #status = :failed, #error = :error, #finishedAt = :now REMOVE #claimedBy, #leaseUntil",
    ExpressionAttributeNames: mineNames,
    ExpressionAttributeValues: { ...mineValues, ":failed": { S: Status.failed }, ":error": text("$failure") },
  };
}
