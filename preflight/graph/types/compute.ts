import { arn, idFromArn, idFromName, pseudoId, pseudoUuid, freeRow, row } from "./resourceType";

const invokeArn = (region: string, target: string) => `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${target}/invocations`;

/** EventBridge (buses, rules, pipes, schedules), Lambda and Step Functions. */
export const computeTypes = {
  eventArchive: row(
    "aws:cloudwatch/eventArchive:EventArchive",
    {
      cost: "priced",
      replacedBy: ["name", "eventSourceArn"],
      holdsData: true,
      uniqueName: "name",
      awsError: "ResourceAlreadyExistsException: Archive {name} already exists.",
    },
    idFromName("events", "archive/"),
  ),
  eventBus: row(
    "aws:cloudwatch/eventBus:EventBus",
    {
      cost: "priced",
      replacedBy: ["name", "eventSourceName"],
      uniqueName: "name",
      awsError: "ResourceAlreadyExistsException: Event bus {name} already exists.",
    },
    idFromName("events", "event-bus/"),
  ),
  eventRule: row(
    "aws:cloudwatch/eventRule:EventRule",
    { cost: "free", replacedBy: ["name", "eventBusName"], uniqueName: "name", nameScope: ["eventBusName", "default"] },
    ({ name, eventBusName = "default" }, region) => {
      const path = eventBusName === "default" ? name : `${eventBusName}/${name}`;
      return { id: path, arn: arn("events", region, `rule/${path}`) };
    },
  ),
  eventSourceMapping: row(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    {
      cost: "negligible",
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
    },
    (_inputs, region, logicalName) => {
      const uuid = pseudoUuid(logicalName);
      return { id: uuid, uuid, arn: arn("lambda", region, `event-source-mapping:${uuid}`) };
    },
  ),
  eventTarget: freeRow("aws:cloudwatch/eventTarget:EventTarget", ["rule", "eventBusName", "targetId"], (inputs) => ({
    id: `${inputs.rule}-${pseudoId(inputs.arn, 8)}`,
  })),
  function: row(
    "aws:lambda/function:Function",
    {
      cost: "priced",
      replacedBy: ["name", "packageType"],
      uniqueName: "name",
      awsError: "ResourceConflictException: Function already exist: {name}",
    },
    (inputs, region) => {
      const own = idFromName("lambda", "function:")(inputs, region);
      return { ...own, version: "1", invokeArn: invokeArn(region, own.arn) };
    },
  ),
  functionAlias: freeRow("aws:lambda/alias:Alias", ["name", "functionName"], ({ name, functionName }, region) => {
    const target = functionName.startsWith("arn:") ? functionName : arn("lambda", region, `function:${functionName}`);
    const own = `${target}:${name}`;
    return { id: own, arn: own, invokeArn: invokeArn(region, own) };
  }),
  functionEventInvokeConfig: freeRow(
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    ["functionName", "qualifier"],
    ({ functionName, qualifier }) => ({ id: qualifier === undefined ? functionName : `${functionName}:${qualifier}` }),
  ),
  permission: freeRow("aws:lambda/permission:Permission", ["*"], (_inputs, _region, logicalName) => ({
    id: logicalName,
    statementId: logicalName,
  })),
  pipe: row(
    "aws:pipes/pipe:Pipe",
    { cost: "priced", replacedBy: ["name", "source"], uniqueName: "name", awsError: "ConflictException: Pipe {name} already exists." },
    idFromName("pipes", "pipe/"),
  ),
  schedule: row(
    "aws:scheduler/schedule:Schedule",
    {
      cost: "negligible",
      replacedBy: ["name", "groupName"],
      uniqueName: "name",
      nameScope: ["groupName", "default"],
      awsError: "ConflictException: Schedule {name} already exists.",
    },
    ({ name, groupName = "default" }, region) => ({
      id: `${groupName}/${name}`,
      arn: arn("scheduler", region, `schedule/${groupName}/${name}`),
      groupName,
    }),
  ),
  stateMachine: row(
    "aws:sfn/stateMachine:StateMachine",
    {
      cost: "priced",
      replacedBy: ["name", "type"],
      uniqueName: "name",
      awsError: "StateMachineAlreadyExists: State Machine Already Exists: '{name}'",
    },
    idFromArn("states", "stateMachine:"),
  ),
};
