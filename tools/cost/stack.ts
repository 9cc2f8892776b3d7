import { largestInItem } from "../../domain/payload";
import { Variable } from "../../domain/variables";
import type { GraphResource } from "../../graph/resource";
import { requireRows, Type } from "../../graph/types";

/** What of a stack is paid for, as its resources say it. */
export interface StackFacts {
  workflow: "EXPRESS" | "STANDARD";
  /** Calls of AWS that the workflow makes for an event. */
  tasks: number;
  memoryMb: { receive: number; process: number; reconcile: number };
  eventRetentionDays: number;
  /** Of large bodies, in their bucket. */
  payloadRetentionDays: number;
  archiveRetentionDays: number;
  logRetentionDays: number;
  recovery: boolean;
  alarmMetrics: number;
  /** Methods of the API that have metrics of their own. */
  measuredMethods: number;
  /** Metrics that are counted from log lines. */
  filteredMetrics: number;
  compositeAlarms: number;
  dashboards: number;
  keys: number;
  secrets: number;
  /** Whether executions write their events, and with them their data, into a log. */
  workflowLog: boolean;
  webAcls: number;
  /** Of all web ACLs together. */
  webAclRules: number;
  /** Interface endpoints, counted in each zone, and NAT gateways of a network of the stack's own. */
  endpoints: number;
  natGateways: number;
  /** Whether a trail records each read and write of events and payloads. */
  trail: boolean;
  /** Bytes of a body above which it lies in a bucket. */
  largestInItem: number;
}

interface Inputs {
  [input: string]: never;
}

/** @throws UserError for a type without a row in graph/types/, which the bill would leave out */
export function factsOf(resources: readonly GraphResource[]): StackFacts {
  requireRows(resources);
  const all = (type: string) => resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs as unknown as Inputs);
  const [machine] = all(Type.stateMachine);
  const variablesOf = ({ environment }: Inputs) => (environment as { variables: Record<string, string> }).variables;
  const functionOf = (handler: string) => all(Type.function).find((inputs) => variablesOf(inputs).POWERTOOLS_SERVICE_NAME === handler)!;
  const memoryOf = (handler: string): number => functionOf(handler).memorySize;
  const metrics = all(Type.metricAlarm).flatMap(({ metricQueries }) =>
    (metricQueries as { metric?: object }[]).filter(({ metric }) => metric),
  );
  return {
    workflow: machine.type,
    tasks: tasksOf(JSON.parse(machine.definition) as Definition),
    memoryMb: { receive: memoryOf("receive"), process: memoryOf("process"), reconcile: memoryOf("reconcile") },
    eventRetentionDays: Number(variablesOf(functionOf("receive"))[Variable.eventRetentionDays]),
    payloadRetentionDays: (all(Type.bucketLifecycle)[0].rules as { expiration: { days: number } }[])[0].expiration.days,
    archiveRetentionDays: all(Type.eventArchive)[0].retentionDays,
    logRetentionDays: all(Type.logGroup)[0].retentionInDays,
    recovery: (all(Type.table)[0].pointInTimeRecovery as { enabled: boolean }).enabled,
    alarmMetrics: metrics.length,
    measuredMethods: all(Type.methodSettings).filter(
      ({ methodPath, settings }) => methodPath !== "*/*" && (settings as Settings).metricsEnabled,
    ).length,
    filteredMetrics: all(Type.logMetricFilter).length,
    compositeAlarms: all(Type.compositeAlarm).length,
    dashboards: all(Type.dashboard).length,
    keys: all(Type.key).length,
    secrets: all(Type.secret).length,
    workflowLog: (machine.loggingConfiguration as { level: string }).level === "ALL",
    webAcls: all(Type.webAcl).length,
    webAclRules: all(Type.webAcl).flatMap(({ rules }) => rules as object[]).length,
    endpoints: all(Type.vpc).reduce((sum, inputs) => sum + endpointsOf(inputs), 0),
    natGateways: all(Type.vpc).reduce((sum, inputs) => sum + natGatewaysOf(inputs), 0),
    trail: all(Type.trail).length > 0,
    largestInItem,
  };
}

/** A gateway endpoint costs nothing, an interface endpoint in each zone that it is in. */
function endpointsOf({ vpcEndpointSpecs, numberOfAvailabilityZones }: Inputs): number {
  const specs = vpcEndpointSpecs as { vpcEndpointType: string }[];
  return specs.filter(({ vpcEndpointType }) => vpcEndpointType === "Interface").length * Number(numberOfAvailabilityZones);
}

function natGatewaysOf({ natGateways, numberOfAvailabilityZones }: Inputs): number {
  const { strategy } = natGateways as { strategy: "None" | "Single" | "OnePerAz" };
  return { None: 0, Single: 1, OnePerAz: Number(numberOfAvailabilityZones) }[strategy];
}

interface Settings {
  metricsEnabled: boolean;
}

interface Definition {
  States: Record<string, { Type: string; Next?: string; ItemProcessor?: Definition & { StartAt: string } }>;
  StartAt: string;
}

/** Task states on the way of an event that is processed at the first try. */
function tasksOf({ States, StartAt }: Definition): number {
  let count = 0;
  for (let name: string | undefined = StartAt; name !== undefined; name = States[name].Next) {
    const { Type: type, ItemProcessor: within } = States[name];
    if (type === "Task") count++;
    if (within) count += tasksOf(within);
  }
  return count;
}
