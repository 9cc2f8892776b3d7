import { Type } from "../graph/types";
import type { Problems } from "../check";
import { placeholderProblems } from "../expressions";
import api from "../facts/api.json";
import { integrations } from "../facts/operations";
import type { Graph } from "../graph/graph";
import { fields, parseArn } from "../graph/graph";
import { actionsOf } from "../iam/catalog";
import { callTarget } from "../required/stateMachines";
import type { RuleEntry } from "../rule";
import { eachState, type State } from "../states";

const members = api.members as Record<string, { all: string[]; required: string[] }>;

/** Checks the call of each task of each state machine, and its arguments. */
const eachTask = (problems: (task: Task, graph: Graph) => Problems) =>
  eachState(({ state }, _machine, graph) => state.Type === "Task" && problems(taskOf(state), graph));

interface Task {
  state: State;
  /** Name of the integration, such as `dynamodb:updateItem`; `undefined` for a function or an activity. */
  integration: string | undefined;
  parameters: Record<string, unknown>;
}

function taskOf(state: State): Task {
  const integration = /^arn:[^:]+:states:::((?:aws-sdk:)?[\w-]+:\w+)/.exec(String(state.Resource))?.[1];
  const given = Object.entries(fields(state.Arguments ?? state.Parameters));
  // In JSONPath, a name that ends with `.$` reads its value from a path.
  const parameters = Object.fromEntries(given.map(([key, value]) => [key.replace(/\.\$$/, ""), value as unknown]));
  return { state, integration, parameters };
}

/** Integrations whose name is not an IAM action. */
const ownNames = /^(lambda:invoke|apigateway:invoke|http:invoke|(emr-containers|elasticmapreduce|databrew|mediaconvert):\w+)$/;

export const taskRules: RuleEntry[] = [
  {
    id: "state-machine-resource",
    awsError: "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The resource provided … is not recognized.",
    cause: "Step Functions does not know the task's resource.",
    fix: "Set Resource to arn:<partition>:states:::<service>:<operation>, or to the ARN of a function or an activity.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html",
    check: eachTask(({ state, integration }) => {
      const arn = parseArn(state.Resource);
      const own = integration !== undefined && ownNames.test(integration);
      const known = arn?.service === "states" ? integration === undefined || own || isOperation(integration) : arn?.service === "lambda";
      const whole =
        integration === undefined || /^arn:[^:]+:states:::[\w:-]+(\.sync(:\d)?|\.waitForTaskToken)?$/.test(String(state.Resource));
      return !(known && whole) && `has the unknown Resource ${String(state.Resource)}`;
    }),
  },
  {
    id: "state-machine-arguments",
    awsError:
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field … is not supported by Step Functions'",
    cause: "The call lacks a required argument, or has one that the operation does not have.",
    fix: "Set the arguments by the operation's API reference.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-supported-services.html",
    check: eachTask(({ integration, parameters }) => {
      const operation = integration === undefined ? undefined : integrations[integration];
      if (!operation) return [];
      const { all, required } = members[operation];
      const topic = operation === "sns:Publish" && !["TopicArn", "TargetArn", "PhoneNumber"].some((name) => name in parameters);
      return [
        ...Object.keys(parameters)
          .filter((name) => !all.includes(name))
          .map((name) => `calls ${operation} with the unknown argument ${name}`),
        ...required.filter((name) => !(name in parameters)).map((name) => `calls ${operation} without ${name}`),
        topic && "calls sns:Publish without TopicArn, TargetArn or PhoneNumber",
      ];
    }),
  },
  {
    id: "state-machine-dynamodb-expression",
    awsError: "DynamoDB.AmazonDynamoDBException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#…}",
    cause: "DynamoDB refuses undefined and unused placeholders, reserved words, and values without a type.",
    fix: "Define exactly the names and values that the expressions use.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html",
    check: eachTask(({ integration, parameters }) => (integration?.startsWith("dynamodb:") ? placeholderProblems(parameters) : [])),
  },
  {
    id: "state-machine-dynamodb-key",
    awsError: "DynamoDB.AmazonDynamoDBException: The provided key element does not match the schema",
    cause: "The key of a call must have exactly the attributes of the table's key.",
    fix: "Set the table's hash key, and its range key if it has one.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html",
    check: eachTask(({ parameters }, graph) => {
      const table = graph.find(parameters.TableName, Type.table);
      if (
        !table ||
        table.inputs.hashKey === "[unknown]" ||
        table.inputs.rangeKey === "[unknown]" ||
        typeof parameters.Key !== "object" ||
        parameters.Key === null
      )
        return [];
      const expected = [table.inputs.hashKey, table.inputs.rangeKey].filter((key) => key !== undefined).sort();
      const given = Object.keys(parameters.Key)
        .map((key) => key.replace(/\.\$$/, ""))
        .sort();
      const untyped = Object.values(parameters.Key).some(
        (value) => typeof value === "object" && !["S", "N", "B"].some((type) => type in value || `${type}.$` in value),
      );
      return [
        JSON.stringify(expected) !== JSON.stringify(given) &&
          `sets the key ${given.join(", ")}, but the table's key is ${expected.join(", ")}`,
        untyped && "sets a key without a type (S, N or B)",
      ];
    }),
  },
  {
    id: "state-machine-event-entry",
    awsError: "EventBridge.FailedEntry: Parameter Source / DetailType / Detail is not valid. Reason: … is a required argument.",
    cause: "EventBridge refuses an event without source, detail type or detail, so the state fails at each run.",
    fix: "Set Source, DetailType and Detail in each entry, and EventBusName unless the event is for the default bus.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html",
    check: eachTask(({ integration, parameters }) => (integration === "events:putEvents" ? entriesProblems(parameters.Entries) : [])),
  },
  {
    id: "state-machine-message-group",
    awsError: "SQS.SqsException: The request must contain the parameter MessageGroupId.",
    cause: "A message to a FIFO queue must belong to a group.",
    fix: "Set MessageGroupId, and MessageDeduplicationId unless the queue deduplicates by content.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
    check: eachTask(({ integration, parameters }, graph) => {
      const fifo = graph.find(parameters.QueueUrl, Type.queue)?.inputs.fifoQueue === true || String(parameters.QueueUrl).endsWith(".fifo");
      return (
        integration === "sqs:sendMessage" && fifo && !("MessageGroupId" in parameters) && "sends to a FIFO queue without a MessageGroupId"
      );
    }),
  },
  {
    id: "state-machine-target",
    severity: "warning",
    awsError: "silent: the state fails with States.TaskFailed, because the resource does not exist",
    cause: "The call names a table, function, queue, topic or bus that is not in the graph.",
    fix: "Use the resource's output, which gives the right name and the right order.",
    link: "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
    check: eachTask(({ state }, graph) => {
      const { names, found } = callTarget(graph, state);
      return names
        .filter((name) => !found.some(({ identifier }) => identifier === name))
        .map((name) => `names ${name}, which is not in the graph`);
    }),
  },
];

function entriesProblems(entries: unknown): string[] {
  if (!Array.isArray(entries)) return [];
  return entries.length === 0 ? ["publishes no event"] : (entries as Record<string, unknown>[]).flatMap(entryProblems);
}

function entryProblems(entry: Record<string, unknown>): string[] {
  const known = ["Source", "DetailType", "Detail", "EventBusName", "Resources", "Time", "TraceHeader"];
  const names = Object.keys(entry).map((name) => name.replace(/\.\$$/, ""));
  return [
    ...["Source", "DetailType", "Detail"].filter((name) => !names.includes(name)).map((name) => `publishes an event without ${name}`),
    ...names.filter((name) => !known.includes(name)).map((name) => `publishes an event with the unknown field ${name}`),
  ];
}

function isOperation(integration: string): boolean {
  const [operation, service] = integration.split(":").reverse();
  return actionsOf(service)[operation.toLowerCase()] !== undefined || integration.startsWith("aws-sdk:");
}
