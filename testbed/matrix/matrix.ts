import type { Signing } from "../../local/signing";
import { alarmName } from "../../domain/names";
import { faultKinds, type Fault, type FaultKind } from "./faults";
import type { Remedies } from "./cloud";
import { runWith, type Result } from "./run";
import type { MatrixSettings } from "./settings";
import { transactionIdOf } from "./traffic";

/**
 * The fault matrix: each call to AWS fails in each way, in simulated time.
 * - run.ts sends the traffic of traffic.ts through the program's own handlers (functions.ts) and definition (machine.ts).
 * - pipeline.ts and cloud.ts simulate AWS. sdk.ts connects the SDK to services.ts, and faults.ts makes calls fail.
 * - operator.ts acts as an operator. guarantees.ts and alarms.ts judge the run.
 * - Tests of the model share expressions.ts.
 */

/** Troubles that cause calls which would not happen otherwise. Each concerns one event. */
const troubles: Record<string, Fault[]> = {
  none: [],
  "an execution dies": [{ call: "workflow: Publish", kind: "crash before", for: { calls: 1 }, event: transactionIdOf(0) }],
  "an event's executions die": [{ call: "workflow: Publish", kind: "crash before", for: { calls: 5 }, event: transactionIdOf(0) }],
  "the pipe loses a record": [{ call: "pipe: record", kind: "timeout", for: { calls: 1 }, event: transactionIdOf(0) }],
  "an event cannot be processed": [{ call: "workflow: Process", kind: "denied", for: { minutes: 30 }, event: transactionIdOf(0) }],
};

/** A row of the matrix: a call, and the trouble in which it is made. */
export interface Row {
  call: string;
  trouble: string;
  without: Result;
}

/** Lists every call that is made in some trouble. The loss of a record is not a call. */
export async function rowsOf(settings: MatrixSettings, signing: Signing): Promise<Row[]> {
  const rows = new Map<string, Row>();
  for (const [trouble, given] of Object.entries(troubles)) {
    const without = await runWith(settings, signing, given);
    if (without.broken.length > 0) throw new Error(`${trouble}: ${without.broken.join("; ")}`);
    for (const call of without.calls.keys()) if (call !== "pipe: record" && !rows.has(call)) rows.set(call, { call, trouble, without });
  }
  const callers = ["api", "receive", "pipe", "workflow", "process", "schedule", "reconcile", "operator"];
  const rank = ({ call }: Row) => callers.indexOf(call.split(":")[0]);
  return [...rows.values()].sort((a, b) => rank(a) - rank(b));
}

/** Durations of a fault: one call, or all calls for longer than retries last. */
export const spans = { once: { calls: 1 }, outage: { minutes: 20 } } as const;
export type Span = keyof typeof spans;

/** A fault and its outcome. */
export interface Cell {
  call: string;
  kind: FaultKind;
  span: Span;
  result: Result;
  /** The widest remedy that was needed. */
  remedy: string;
  /** Reason why no alarm is needed, or `undefined` if one is. */
  quiet: QuietReason | undefined;
  /** Alarms in order, with minutes since the fault struck. Alarms that the row's trouble raises anyway are left out. */
  alarms: { what: string; minutes: number }[];
}

export async function cellOf(
  { call, trouble, without }: Row,
  kind: FaultKind,
  span: Span,
  settings: MatrixSettings,
  signing: Signing,
): Promise<Cell> {
  const result = await runWith(settings, signing, [...troubles[trouble], { call, kind, for: spans[span] }]);
  return {
    call,
    kind,
    span,
    result,
    remedy: remedyOf(result.remedies, without.remedies),
    quiet: whyQuiet(call, result, without),
    alarms: newAlarms(result, without, settings),
  };
}

export const allFaults = <R>(rows: readonly R[]) =>
  rows.flatMap((row) => (Object.keys(spans) as Span[]).flatMap((span) => faultKinds.map((kind) => ({ row, kind, span }))));

/** Reasons for no alarm. "reported": the operator's command reports what it could not do. "in time": no event failed, and none took more than
 * five minutes longer. */
type QuietReason = "reported" | "in time";

function whyQuiet(call: string, result: Result, without: Result): QuietReason | undefined {
  if (call.startsWith("operator:")) return "reported";
  const slowest = ({ took }: Result) => Math.max(...took.values());
  const inTime = slowest(result) - slowest(without) <= 5 * 60_000 && result.failed <= without.failed;
  return inTime ? "in time" : undefined;
}

/** Remedies from the widest to the narrowest. */
const rings: [keyof Remedies, string][] = [
  ["operator", "operator"],
  ["reconciler", "reconciler"],
  ["pipe", "pipe"],
  ["source", "source"],
  ["workflow", "workflow"],
  ["schedule", "next run"],
  ["sdk", "SDK"],
];

function remedyOf(remedies: Remedies, usual: Remedies): string {
  return rings.find(([ring]) => remedies[ring] > usual[ring])?.[1] ?? "none";
}

function newAlarms({ alarms, struckAt }: Result, without: Result, { environment }: MatrixSettings): Cell["alarms"] {
  const usual = new Set(without.alarms.map(({ alarm }) => alarm));
  const [prefix, suffix] = alarmName("|", environment).split("|");
  return alarms
    .filter(({ alarm, at }) => !usual.has(alarm) && struckAt !== undefined && at > struckAt)
    .map(({ alarm, at }) => ({ what: alarm.slice(prefix.length, -suffix.length), minutes: Math.ceil((at - struckAt!) / 60_000) }));
}
