import { deliveryLines, fixedDeliveryLines } from "./deliveries";
import { daysAMonth, gigabyte, hoursAMonth, line, minutesAMonth, type Line } from "./line";
import { prices } from "./prices";
import { smallestCompressed } from "../../domain/payload";
import type { StackFacts } from "./stack";
import { estimates, type Question, type Workload } from "./workload";

/** Way in which events are processed. With `none`, the stream would invoke one function that does everything, as in a smaller design. */
export type Path = "EXPRESS" | "STANDARD" | "none";

/** Bytes of the key of a large body: a source, two digests and separators. */
const pointerBytes = 150;
/** Metrics of a called method: Count, 4XXError, 5XXError, Latency and IntegrationLatency. The stage's metrics are free.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
const metricsOfMethod = 5;

/** Computes a month's bill, line by line. */
export function billOf(stack: StackFacts, workload: Workload, question: Question, path: Path): Line[] {
  const { events } = question;
  const storedMonths = stack.eventRetentionDays / daysAMonth;
  const table = tableUnits(workload, question, stack);
  const executions = path === "none" ? 0 : events / question.batch;
  const inBucket = question.bodyBytes > stack.largestInItem ? events : 0;
  const logged = (events * logBytes(stack, workload, path, question.batch)) / gigabyte;

  return [
    line("requests", "API Gateway: requests", prices.apiRequest, events),
    line("functions", "Lambda: requests", prices.lambdaRequest, 2 * events + minutesAMonth),
    line("functions", "Lambda: duration", prices.lambdaDuration, gigabyteSeconds(stack, events), true),
    line("table", "DynamoDB: writes", prices.tableWrite, events * table.writes),
    line("table", "DynamoDB: reads", prices.tableRead, events * table.reads),
    line("fixed", "DynamoDB: reads of the reconciler", prices.tableRead, minutesAMonth * queriesOf(stack) * unitsOfQuery),
    line("table", "DynamoDB: storage", prices.tableGbMonth, (events * table.bytes * storedMonths) / gigabyte),
    line(
      "table",
      "DynamoDB: point-in-time recovery",
      prices.recoveryGbMonth,
      stack.recovery ? (events * table.bytes * storedMonths) / gigabyte : 0,
    ),
    line("table", "S3: large bodies, writes", prices.objectPut, inBucket),
    line("table", "S3: large bodies, reads", prices.objectGet, inBucket),
    line(
      "table",
      "S3: large bodies, storage",
      prices.objectGbMonth,
      (inBucket * question.bodyBytes * stack.payloadRetentionDays) / daysAMonth / gigabyte,
    ),
    line("workflow", "Pipes: batches", prices.pipeRequest, executions),
    ...workflowLines(stack, path, events, executions),
    line("events", "EventBridge: events", prices.busEvent, events),
    line("events", "EventBridge: archive", prices.archiveGb, (events * workload.publishedBytes) / gigabyte),
    line(
      "events",
      "EventBridge: archive, storage",
      prices.archiveGbMonth,
      (events * workload.publishedBytes * stack.archiveRetentionDays) / daysAMonth / gigabyte,
    ),
    line("logs", "CloudWatch Logs: ingestion", prices.logGb, logged, true),
    line(
      "logs",
      "CloudWatch Logs: storage",
      prices.logGbMonth,
      (logged * estimates.storedPartOfLog * stack.logRetentionDays) / daysAMonth,
      true,
    ),
    line("logs", "X-Ray: traces", prices.trace, events * estimates.tracedPart, true),
    line("requests", "WAF: requests", prices.webAclRequest, stack.webAcls * events),
    ...trailLines(stack, events * table.calls, inBucket),
    ...deliveryLines(stack, workload, question),
    ...fixedDeliveryLines(stack, question),
    line("fixed", "WAF: web ACL", prices.webAcl, stack.webAcls),
    line("fixed", "WAF: rules", prices.webAclRule, stack.webAclRules),
    line("fixed", "VPC: interface endpoints", prices.endpointHour, stack.endpoints * hoursAMonth),
    line("fixed", "VPC: NAT gateway", prices.natGatewayHour, stack.natGateways * hoursAMonth),
    line("fixed", "VPC: public address of the NAT gateway", prices.publicAddressHour, stack.natGateways * hoursAMonth),
    line("fixed", "Keys", prices.key, stack.keys),
    line("fixed", "Secrets", prices.secret, stack.secrets),
    line("fixed", "Alarms", prices.alarmMetric, stack.alarmMetrics),
    line("fixed", "Composite alarm", prices.compositeAlarm, stack.compositeAlarms),
    line("fixed", "Dashboard", prices.dashboard, stack.dashboards),
    line("fixed", "API Gateway: metrics of methods", prices.customMetric, events > 0 ? stack.measuredMethods * metricsOfMethod : 0),
    line("fixed", "Metrics from log filters", prices.customMetric, events > 0 ? stack.filteredMetrics : 0, true),
    line("fixed", "Custom metrics", prices.customMetric, events > 0 ? estimates.customMetrics : 0, true),
  ].filter(({ units }) => units > 0);
}

/** Prices executions: an EXPRESS one by start and duration, a STANDARD one by its transitions into each state and out of the last one. */
function workflowLines({ states }: StackFacts, path: Path, events: number, executions: number): Line[] {
  const seconds = Math.ceil(estimates.executionMilliseconds / 100) / 10;
  switch (path) {
    case "EXPRESS":
      return [
        line("workflow", "Step Functions: executions", prices.expressRequest, executions),
        line("workflow", "Step Functions: duration", prices.expressDuration, executions * seconds * 0.064, true),
      ];
    case "STANDARD":
      return [line("workflow", "Step Functions: transitions", prices.standardTransition, events * states + executions * 4)];
    case "none":
      return [];
  }
}

/** Queries of a reconciler run that finds no open event: one for each shard. */
export const queriesOf = ({ indexShards }: Pick<StackFacts, "indexShards">) => indexShards;

/** Read units of a query that finds nothing. It need not be consistent. */
const unitsOfQuery = 0.5;

/** Prices the trail, which records each call of the table, each write and read of a large body, and the reconciler's queries. */
function trailLines(stack: StackFacts, tableCalls: number, inBucket: number): Line[] {
  const { trail } = stack;
  const recorded = trail ? tableCalls + inBucket * 2 + minutesAMonth * queriesOf(stack) : 0;
  const stored = (recorded * estimates.trailEventBytes * estimates.storedPartOfTrail) / gigabyte;
  return [
    line("trail", "CloudTrail: data events", prices.trailDataEvent, recorded),
    line("trail", "CloudTrail: storage", prices.objectGbMonth, stored, true),
  ];
}

/** Capacity units of a write. */
export interface WriteUnits {
  /** One for each KB of the whole item, before or after the write: the larger counts. */
  table: number;
  /** One for each entry, below a KB, that enters or leaves the index. */
  open: number;
  byTime: number;
}

/** Returns all units of a write. */
export const unitsOf = ({ table, open, byTime }: WriteUnits) => table + open + byTime;

/** Returns the capacity units of each write of an event, and the final bytes of its item. */
export function writesOf({ itemBytes, compressedPart }: Workload, bodyBytes: number, largestInItem: number) {
  const body = bodyBytes > largestInItem ? pointerBytes : storedBytes(bodyBytes, compressedPart);
  const kilobytes = (beside: number) => Math.ceil((beside + body) / 1_024);
  const { put, process, complete } = itemBytes;
  return {
    put: { table: kilobytes(put), open: 1, byTime: 0 },
    process: { table: kilobytes(process), open: 0, byTime: 0 },
    complete: { table: kilobytes(Math.max(process, complete)), open: 1, byTime: 1 },
    bytes: complete + body,
  } satisfies Record<string, WriteUnits | number>;
}

/** Bodies up to this size compress like those of some hundred bytes; from `large` on, like those of a few KB; between the two, evenly between. */
const [small, large] = [500, 3_000];

/** Returns the bytes of a compressed body. */
function storedBytes(bodyBytes: number, compressedPart: Workload["compressedPart"]): number {
  if (bodyBytes < smallestCompressed) return bodyBytes;
  const beyond = Math.min(1, Math.max(0, (bodyBytes - small) / (large - small)));
  return bodyBytes * (compressedPart.small + (compressedPart.large - compressedPart.small) * beyond);
}

function tableUnits(workload: Workload, { bodyBytes }: Question, { largestInItem }: StackFacts) {
  const { bytes, ...writes } = writesOf(workload, bodyBytes, largestInItem);
  const units = Object.values(writes).reduce((sum, write) => sum + unitsOf(write), 0);
  return { writes: units, reads: Math.ceil(writes.put.table / 4), calls: Object.keys(writes).length + 1, bytes };
}

function gigabyteSeconds({ memoryMb }: StackFacts, events: number): number {
  const { receive, process, reconcile } = estimates.milliseconds;
  const perEvent = memoryMb.receive * receive + memoryMb.process * process;
  return (events * perEvent + minutesAMonth * memoryMb.reconcile * reconcile) / 1_024 / 1_000;
}

/** Returns logged bytes for an event. A batch shares the lines that an execution logs around its tasks. */
function logBytes({ tasks, workflowLog }: StackFacts, { functionLogBytes }: Workload, path: Path, batch: number): number {
  const { perTask, around } = estimates.workflowLogEvents;
  const ofWorkflow = path !== "none" && workflowLog ? (tasks * perTask + around / batch) * estimates.workflowLogEventBytes : 0;
  return functionLogBytes.receive + functionLogBytes.process + estimates.accessLogBytes + ofWorkflow;
}

export const totalOf = (lines: readonly Line[]) => lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** Returns the most expensive line of a bill. */
export function largestLine(lines: readonly Line[]): Line {
  return lines.reduce((largest, line) => (line.dollars > largest.dollars ? line : largest));
}

/** Returns the most expensive of the groups that grow with the events. */
export function largestGroup(lines: readonly Line[]): Line["group"] {
  const groups = [...new Set(lines.map(({ group }) => group))].filter((group) => group !== "fixed");
  const of = (group: Line["group"]) => totalOf(lines.filter((line) => line.group === group));
  return groups.sort((a, b) => of(b) - of(a))[0];
}
