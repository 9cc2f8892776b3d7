import { physicalName, type NameKey } from "../../domain/names";
import { largestInItem } from "../../domain/payload";
import { Variable } from "../../domain/variables";
import type { GraphResource } from "../../preflight/graph/resource";
import { requireRows, Type } from "../../preflight/graph/types";

/** The billed properties of a stack. */
export type StackFacts = ReturnType<typeof factsOf>;

type Inputs = Readonly<Record<string, unknown>>;

/** Reads the billed properties from a stack's resources. @throws UserError for a type without a row in preflight/graph/types/, because the bill would omit it */
export function factsOf(resources: readonly GraphResource[]) {
  requireRows(resources);
  const all = (type: string) => resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);
  const count = (type: string) => all(type).length;
  const [machine] = all(Type.stateMachine);
  const path = pathOf(JSON.parse(machine.definition as string) as Definition);
  const variablesOf = ({ environment }: Inputs) => (environment as { variables: Record<string, string> }).variables;
  const functionOf = (handler: string) => all(Type.function).find((inputs) => variablesOf(inputs).POWERTOOLS_SERVICE_NAME === handler)!;
  const memoryOf = (handler: string) => Number(functionOf(handler).memorySize);
  const rules = all(Type.bucketLifecycle)[0].rules as { expiration: { days: number } }[];
  return {
    workflow: machine.type as "EXPRESS" | "STANDARD",
    /** Task states of the workflow for an event, and all states of its branch. */
    tasks: path.filter(({ type }) => type === "Task").length,
    states: path.filter(({ inMap }) => inMap).length,
    memoryMb: { receive: memoryOf("receive"), process: memoryOf("process"), reconcile: memoryOf("reconcile") },
    /** Shards of the table's indexes. The reconciler queries each. */
    indexShards: Number(variablesOf(functionOf("reconcile"))[Variable.indexShards]),
    eventRetentionDays: Number(variablesOf(functionOf("receive"))[Variable.eventRetentionDays]),
    /** For large bodies in their bucket. */
    payloadRetentionDays: rules[0].expiration.days,
    archiveRetentionDays: Number(all(Type.eventArchive)[0].retentionDays),
    logRetentionDays: Number(all(Type.logGroup)[0].retentionInDays),
    recovery: (all(Type.table)[0].pointInTimeRecovery as { enabled: boolean }).enabled,
    alarmMetrics: all(Type.metricAlarm).flatMap(({ metricQueries }) =>
      (metricQueries as { metric?: object }[]).filter(({ metric }) => metric),
    ).length,
    /** Methods of the API with detailed metrics. */
    measuredMethods: all(Type.methodSettings).filter(
      ({ methodPath, settings }) => methodPath !== "*/*" && (settings as { metricsEnabled: boolean }).metricsEnabled,
    ).length,
    /** Metrics from log filters. */
    filteredMetrics: count(Type.logMetricFilter),
    compositeAlarms: count(Type.compositeAlarm),
    dashboards: count(Type.dashboard),
    keys: count(Type.key),
    secrets: count(Type.secret),
    /** True if executions log each state with its data. */
    workflowLog: (machine.loggingConfiguration as { level: string }).level === "ALL",
    webAcls: count(Type.webAcl),
    /** Rules of all web ACLs. */
    webAclRules: all(Type.webAcl).flatMap(({ rules }) => rules as object[]).length,
    /** Interface endpoints, counted in each zone, and NAT gateways of a private network. */
    endpoints: all(Type.vpc).reduce((sum, inputs) => sum + endpointsOf(inputs), 0),
    natGateways: all(Type.vpc).reduce((sum, inputs) => sum + natGatewaysOf(inputs), 0),
    /** True if a trail records each read and write of events and payloads. */
    trail: count(Type.trail) > 0,
    /** Bytes of the largest body that stays in its item. */
    largestInItem,
    deliveries: deliveriesOf(all),
  };
}

/** Reads what deliveries to destinations cost. Without destinations, all is zero. */
function deliveriesOf(all: (type: string) => Inputs[]) {
  const mappings = all(Type.eventSourceMapping);
  const named = (type: string, key: NameKey) => all(type).find(({ name }) => String(name).startsWith(physicalName(key, "")));
  return {
    /** Queues of destinations, each with a target of a rule. */
    destinations: all(Type.eventTarget).length,
    /** Destinations to which the function posts. */
    posting: mappings.length,
    /** Executions at once, of all destinations together. */
    concurrency: mappings.reduce((sum, inputs) => sum + (inputs.scalingConfig as { maximumConcurrency: number }).maximumConcurrency, 0),
    memoryMb: Number(named(Type.function, "deliver")?.memorySize ?? 0),
    /** Seconds for which the queues use a data key again. */
    keyReuseSeconds: Number(all(Type.queue)[0].kmsDataKeyReusePeriodSeconds),
    /** True if the table of deliveries has point-in-time recovery. */
    recovery: (named(Type.table, "deliveriesTable")?.pointInTimeRecovery as { enabled: boolean } | undefined)?.enabled ?? false,
  };
}

/** Counts interface endpoints in each zone. Gateway endpoints are free. */
function endpointsOf({ vpcEndpointSpecs, numberOfAvailabilityZones }: Inputs): number {
  const specs = vpcEndpointSpecs as { vpcEndpointType: string }[];
  return specs.filter(({ vpcEndpointType }) => vpcEndpointType === "Interface").length * Number(numberOfAvailabilityZones);
}

function natGatewaysOf({ natGateways, numberOfAvailabilityZones }: Inputs): number {
  const { strategy } = natGateways as { strategy: "None" | "Single" | "OnePerAz" };
  return { None: 0, Single: 1, OnePerAz: Number(numberOfAvailabilityZones) }[strategy];
}

interface Definition {
  States: Record<string, State>;
  StartAt: string;
}

interface State {
  Type: string;
  Next?: string;
  Choices?: { Next: string }[];
  ItemProcessor?: Definition;
}

/** Lists the states through which an event goes that is processed at the first attempt: a choice's first branch, and the branches of a map. */
function pathOf({ States, StartAt }: Definition): { type: string; inMap: boolean }[] {
  const path: { type: string; inMap: boolean }[] = [];
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const { Type: type, Next, Choices, ItemProcessor: within }: State = States[name];
    path.push({ type, inMap: false });
    if (within) path.push(...pathOf(within).map((state) => ({ ...state, inMap: true })));
    name = Next ?? Choices?.[0].Next;
  }
  return path;
}
