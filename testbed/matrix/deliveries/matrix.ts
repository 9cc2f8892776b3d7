import { alarmName } from "../../../domain/names";
import { spans, type Span } from "../matrix";
import type { Fault, FaultKind } from "../faults";
import type { MatrixSettings } from "../settings";
import { runDeliveries, type DeliveryResult } from "./run";

/** Milliseconds for which a delivery may be behind before an alarm tells of it. */
const allowedMs = 15 * 60_000;

/** A call of deliveries, and the run without a fault. */
export interface DeliveryRow {
  call: string;
  without: DeliveryResult;
}

/** Lists every call that a delivery causes; those of the operator's command aside. */
export async function rowsOfDeliveries(settings: MatrixSettings): Promise<DeliveryRow[]> {
  const without = await runDeliveries(settings, []);
  if (without.broken.length > 0) throw new Error(without.broken.join("; "));
  const calls = [...without.calls.keys()].filter((call) => !call.startsWith("operator:"));
  const callers = ["mapping", "schedule", "deliver"];
  const rank = (call: string) => callers.indexOf(call.split(":")[0]);
  return calls.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)).map((call) => ({ call, without }));
}

/** A fault and its outcome. */
export interface DeliveryCell {
  call: string;
  kind: FaultKind;
  span: Span;
  result: DeliveryResult;
  /** The widest remedy that was needed. */
  remedy: string;
  /** Reason why no alarm is needed, or `undefined` if one is: no event of `orders` took as much longer as the alarm about delays allows. */
  quiet: "in time" | undefined;
  /** Alarms in order, with minutes since the fault struck. Those that are raised anyway are left out. */
  alarms: { what: string; minutes: number }[];
}

export async function cellOfDeliveries(
  { call, without }: DeliveryRow,
  kind: FaultKind,
  span: Span,
  settings: MatrixSettings,
): Promise<DeliveryCell> {
  const fault: Fault = { call, kind, for: spans[span] };
  const result = await runDeliveries(settings, [fault]);
  const slowest = ({ took }: DeliveryResult) => Math.max(...took.values());
  const inTime = slowest(result) - slowest(without) <= allowedMs && result.resumed === 0;
  return {
    call,
    kind,
    span,
    result,
    remedy: remedyOf(result, without),
    quiet: inTime ? "in time" : undefined,
    alarms: newAlarms(result, without, settings),
  };
}

function remedyOf(result: DeliveryResult, without: DeliveryResult): string {
  const invocations = ({ calls }: DeliveryResult) => calls.get("mapping: Invoke")!;
  if (result.resumed > 0) return "operator";
  if (invocations(result) > invocations(without)) return "queue";
  return result.sdkRetries > without.sdkRetries ? "SDK" : "none";
}

function newAlarms({ alarms, struckAt }: DeliveryResult, without: DeliveryResult, { environment }: MatrixSettings): DeliveryCell["alarms"] {
  const usual = new Set(without.alarms.map(({ alarm }) => alarm));
  const [prefix, suffix] = alarmName("|", environment).split("|");
  // An operator has paused it until the fault is over, which its alarms tell of.
  const isOnPurpose = (alarm: string) => alarm.endsWith(`-ledger${suffix}`);
  return alarms
    .filter(({ alarm, at }) => !usual.has(alarm) && !isOnPurpose(alarm) && struckAt !== undefined && at > struckAt)
    .map(({ alarm, at }) => ({ what: alarm.slice(prefix.length, -suffix.length), minutes: Math.ceil((at - struckAt!) / 60_000) }));
}
