import type { Signing } from "../../local/signing";
import { alarmName } from "../../domain/names";
import { faultKinds, type Fault, type FaultKind } from "./faults";
import type { Remedies } from "./cloud";
import { runWith, type Result } from "./run";
import type { MatrixSettings } from "./settings";
import { transactionIdOf } from "./traffic";

/**
 * The fault matrix: each call to AWS fails in each way, in simulated time. run.ts sends traffic (traffic.ts) through the program's own
 * handlers and definition (pipeline.ts over cloud.ts; functions.ts, machine.ts), where sdk.ts puts services.ts in AWS's place and faults.ts
 * strikes; then an operator acts (operator.ts), and guarantees.ts and alarms.ts are asked. Tests of the model share expressions.ts.
 */

/** Troubles that lead to calls which nothing else leads to; each is about one event. */
const troubles: Record<string, Fault[]> = {
  none: [],
  "an execution dies": [{ call: "workflow: Process", kind: "crash before", for: { calls: 1 }, event: transactionIdOf(0) }],
  "an event's executions die": [{ call: "workflow: Process", kind: "crash before", for: { calls: 5 }, event: transactionIdOf(0) }],
  "the pipe loses a record": [{ call: "pipe: record", kind: "timeout", for: { calls: 1 }, event: transactionIdOf(0) }],
  "an event cannot be processed": [{ call: "process: GetItem", kind: "denied", for: { minutes: 30 }, event: transactionIdOf(0) }],
};

/** A row of the matrix: a call, and how things are when it is made. */
export interface Row {
  call: string;
  trouble: string;
  without: Result;
}

/** Returns every call that is made in some trouble, but the loss of a record, which is no call. */
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

/** For how long a fault strikes: one call, or all for longer than retries last. */
export const spans = { once: { calls: 1 }, outage: { minutes: 20 } } as const;
export type Span = keyof typeof spans;

/** One fault, and what came of it. */
export interface Cell {
  call: string;
  kind: FaultKind;
  span: Span;
  result: Result;
  /** What made up for it, by its widest ring. */
  remedy: string;
  /** Why nobody needs to be told; `undefined` if somebody does. */
  quiet: QuietReason | undefined;
  /** Alarms that it raised, the first first, with the minutes since it struck; none of those that the row's trouble raises anyway. */
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

export const allFaults = (rows: readonly Row[]) =>
  rows.flatMap((row) => (Object.keys(spans) as Span[]).flatMap((span) => faultKinds.map((kind) => ({ row, kind, span }))));

/** Why a fault may raise no alarm. The operator reads it: the command names what it could not do, and does it when it is given again. Or no
 * event failed by it, and none took five minutes longer. */
type QuietReason = "answered" | "in time";

function whyQuiet(call: string, result: Result, without: Result): QuietReason | undefined {
  if (call.startsWith("operator:")) return "answered";
  const slowest = ({ took }: Result) => Math.max(...took.values());
  const inTime = slowest(result) - slowest(without) <= 5 * 60_000 && result.failed <= without.failed;
  return inTime ? "in time" : undefined;
}

/** From the widest ring to the narrowest: what had to act at most. */
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
