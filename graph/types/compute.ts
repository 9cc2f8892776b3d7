import { arn, idFromArn, idFromName, pseudoId, pseudoUuid, type ResourceType } from "./resourceType";

const invokeArn = (region: string, target: string) => `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${target}/invocations`;

/** EventBridge (buses, rules, pipes, schedules), Lambda and Step Functions. */
export const computeTypes = {
  eventArchive: {
    token: "aws:cloudwatch/eventArchive:EventArchive",
    outputs: idFromName("events", "archive/"),
    replacedBy: ["name", "eventSourceArn"],
    cost: "priced",
    holdsData: true,
    uniqueName: { input: "name", awsError: (name) => `ResourceAlreadyExistsException: Archive ${name} already exists.` },
  },
  eventBus: {
    token: "aws:cloudwatch/eventBus:EventBus",
    outputs: idFromName("events", "event-bus/"),
    replacedBy: ["name", "eventSourceName"],
    cost: "priced",
    uniqueName: { input: "name", awsError: (name) => `ResourceAlreadyExistsException: Event bus ${name} already exists.` },
  },
  eventRule: {
    token: "aws:cloudwatch/eventRule:EventRule",
    outputs: ({ name, eventBusName = "default" }, region) => {
      const path = eventBusName === "default" ? name : `${eventBusName}/${name}`;
      return { id: path, arn: arn("events", region, `rule/${path}`) };
    },
    replacedBy: ["name", "eventBusName"],
    cost: "free",
    uniqueName: { input: "name", scope: ["eventBusName", "default"] },
  },
  eventSourceMapping: {
    token: "aws:lambda/eventSourceMapping:EventSourceMapping",
    outputs: (_inputs, region, logicalName) => {
      const uuid = pseudoUuid(logicalName);
      return { id: uuid, uuid, arn: arn("lambda", region, `event-source-mapping:${uuid}`) };
    },
    replacedBy: [
      "eventSourceArn",
      "queues",
      "topics",
      "startingPosition",
      "startingPositionTimestamp",
      "selfManagedEventSource",
      "selfManagedKafkaEventSourceConfig",
      "amazonManagedKafkaEventSourceConfig",
    ],
    cost: "free",
  },
  eventTarget: {
    token: "aws:cloudwatch/eventTarget:EventTarget",
    outputs: (inputs) => ({ id: `${inputs.rule}-${pseudoId(inputs.arn, 8)}` }),
    replacedBy: ["rule", "eventBusName", "targetId"],
    cost: "free",
  },
  function: {
    token: "aws:lambda/function:Function",
    outputs: (inputs, region) => {
      const own = idFromName("lambda", "function:")(inputs, region);
      return { ...own, version: "1", invokeArn: invokeArn(region, own.arn) };
    },
    replacedBy: ["name", "packageType"],
    cost: "priced",
    uniqueName: { input: "name", awsError: (name) => `ResourceConflictException: Function already exist: ${name}` },
  },
  functionAlias: {
    token: "aws:lambda/alias:Alias",
    outputs: ({ name, functionName }, region) => {
      const target = functionName.startsWith("arn:") ? functionName : arn("lambda", region, `function:${functionName}`);
      const own = `${target}:${name}`;
      return { id: own, arn: own, invokeArn: invokeArn(region, own) };
    },
    replacedBy: ["name", "functionName"],
    cost: "free",
  },
  functionEventInvokeConfig: {
    token: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    outputs: ({ functionName, qualifier }) => ({ id: qualifier === undefined ? functionName : `${functionName}:${qualifier}` }),
    replacedBy: ["functionName", "qualifier"],
    cost: "free",
  },
  permission: {
    token: "aws:lambda/permission:Permission",
    outputs: (_inputs, _region, logicalName) => ({ id: logicalName, statementId: logicalName }),
    replacedBy: ["*"],
    cost: "free",
  },
  pipe: {
    token: "aws:pipes/pipe:Pipe",
    outputs: idFromName("pipes", "pipe/"),
    replacedBy: ["name", "source"],
    cost: "priced",
    uniqueName: { input: "name", awsError: (name) => `ConflictException: Pipe ${name} already exists.` },
  },
  schedule: {
    token: "aws:scheduler/schedule:Schedule",
    outputs: ({ name, groupName = "default" }, region) => ({
      id: `${groupName}/${name}`,
      arn: arn("scheduler", region, `schedule/${groupName}/${name}`),
      groupName,
    }),
    replacedBy: ["name", "groupName"],
    cost: "negligible",
    uniqueName: {
      input: "name",
      scope: ["groupName", "default"],
      awsError: (name) => `ConflictException: Schedule ${name} already exists.`,
    },
  },
  stateMachine: {
    token: "aws:sfn/stateMachine:StateMachine",
    outputs: idFromArn("states", "stateMachine:"),
    replacedBy: ["name", "type"],
    cost: "priced",
    uniqueName: { input: "name", awsError: (name) => `StateMachineAlreadyExists: State Machine Already Exists: '${name}'` },
  },
} as const satisfies Record<string, ResourceType>;
