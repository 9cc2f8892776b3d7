import { Type } from "../../graph/types";
import type { Problems } from "../check";
import { placeholderProblems } from "../expressions";
import api from "../facts/api.json";
import { integrations } from "../facts/operations";
import type { Graph } from "../graph";
import { fields, parseArn } from "../graph";
import { actionsOf } from "../iam/catalog";
import { callTarget } from "../required/stateMachines";
import type { RuleEntry } from "../rule";
import { eachState, type State } from "../states";

const members = api.members as Record<string, { all: string[]; required: string[] }>;

/** Checks what each task of a state machine calls, and with what. */
const eachTask = (problems: (task: Task, graph: Graph) => Problems) =>
  eachState(({ state }, _machine, graph) => state.Type === "Task" && problems(taskOf(state), graph));

interface Task {
  state: State;
  /** As the state names it, e.g. `dynamodb:updateItem`; `undefined` for a function or an activity. */
  integration: string | undefined;
  parameters: Record<string, unknown>;
}

function taskOf(state: State): Task {
  const integration = /^arn:[^:]+:states:::((?:aws-sdk:)?[\w-]+:\w+)/.exec(String(state.Resource))?.[1];
  const given = Object.entries(fields(state.Arguments ?? state.Parameters));
  // In JSONPath, a name that ends with `.$` has its value from a path.
  const parameters = Object.fromEntries(given.map(([key, value]) => [key.replace(/\.\$$/, ""), value as unknown]));
  return { state, integration, parameters };
}

/** Integrations that are not named after an action of IAM. */
const ownNames = /^(lambda:invoke|apigateway:invoke|http:invoke|(emr-containers|elasticmapreduce|databrew|mediaconvert):\w+)$/;

export const taskRules: RuleEntry[] = [
  {
    id: "state-machine-resource",
    awsError: "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The resource provided … is not recognized.",
    cause: "A task's resource is none that Step Functions knows.",
    fix: "Write it as arn:<partition>:states:::<service>:<operation>, or as a function's or an activity's ARN.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html",
    check: eachTask(({ state, integration }) => {
      const arn = parseArn(state.Resource);
      const own = integration !== undefined && ownNames.test(integration);
      const known = arn?.service === "states" ? integration === undefined || own || isOperation(integration) : arn?.service === "lambda";
      const whole =
        integration === undefined || /^arn:[^:]+:states:::[\w:-]+(\.sync(:\d)?|\.waitForTaskToken)?$/.test(String(state.Resource));
      return !(known && whole) && `calls ${String(state.Resource)}, which is not known`;
    }),
  },
  {
    id: "state-machine-arguments",
    awsError:
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field … is not supported by Step Functions'",
    cause: "A call lacks an argument that it needs, or has one that it does not know.",
    fix: "Name the arguments as the API reference of the operation does.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-supported-services.html",
    check: eachTask(({ integration, parameters }) => {
      const operation = integration === undefined ? undefined : integrations[integration];
      if (!operation) return [];
      const { all, required } = members[operation];
      const topic = operation === "sns:Publish" && !["TopicArn", "TargetArn", "PhoneNumber"].some((name) => name in parameters);
      return [
        ...Object.keys(parameters)
          .filter((name) => !all.includes(name))
          .map((name) => `gives ${operation} the argument ${name}, which it does not know`),
        ...required.filter((name) => !(name in parameters)).map((name) => `gives ${operation} no ${name}`),
        topic && "publishes to nobody",
      ];
    }),
  },
  {
    id: "state-machine-dynamodb-expression",
    awsError: "DynamoDB.AmazonDynamoDBException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#…}",
    cause: "An expression names a placeholder that is not given, or one is given that no expression names.",
    fix: "Give exactly the names and values that the expressions use.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html",
    check: eachTask(({ integration, parameters }) => (integration?.startsWith("dynamodb:") ? placeholderProblems(parameters) : [])),
  },
  {
    id: "state-machine-dynamodb-key",
    awsError: "DynamoDB.AmazonDynamoDBException: The provided key element does not match the schema",
    cause: "A key names other attributes than the table's own.",
    fix: "Give the value of the table's hash key, and of its range key if it has one.",
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
          `names the key ${given.join(", ")} of a table whose key is ${expected.join(", ")}`,
        untyped && "gives a key without a type (S, N or B)",
      ];
    }),
  },
  {
    id: "state-machine-event-entry",
    awsError: "EventBridge.FailedEntry: Parameter Source / DetailType / Detail is not valid. Reason: … is a required argument.",
    cause: "An event without source, detail type or detail is refused, each time that the state is reached.",
    fix: "Give each entry Source, DetailType and Detail, and EventBusName unless it is the account's own.",
    link: "https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html",
    check: eachTask(({ integration, parameters }) => (integration === "events:putEvents" ? entriesProblems(parameters.Entries) : [])),
  },
  {
    id: "state-machine-message-group",
    awsError: "SQS.SqsException: The request must contain the parameter MessageGroupId.",
    cause: "A message to a FIFO queue belongs to a group.",
    fix: "Give the call a MessageGroupId, and a MessageDeduplicationId where the queue does not deduplicate by content.",
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
    awsError: "silent: the state fails with States.TaskFailed, because there is no such resource",
    cause: "A call names a table, function, queue, topic or bus that is not in the graph.",
    fix: "Use the resource's own output, so that the name is right and the order too.",
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
    ...names.filter((name) => !known.includes(name)).map((name) => `publishes an event with ${name}, which is not known`),
  ];
}

function isOperation(integration: string): boolean {
  const [operation, service] = integration.split(":").reverse();
  return actionsOf(service)[operation.toLowerCase()] !== undefined || integration.startsWith("aws-sdk:");
}
