import type { MeasuredStage } from "./stages";
import type { LocalComparison } from "./local";
import { mostOf, type SimulationResult } from "./simulate";
import type { Trace } from "./traces";

export interface Run extends Trace {
  quotas: string;
  outcome: SimulationResult;
}

const whole = (value: number) => Math.round(value).toLocaleString("en");

/** Tells what the stack accepts, and the next three limits. */
export function saturation(stages: readonly MeasuredStage[], sources: number): string {
  const [throttle, ...others] = [...stages].sort(
    (a, b) => Number(b.id === "throttle") - Number(a.id === "throttle") || a.capacity - b.capacity,
  );
  const told = others.slice(0, 3).map(({ id, capacity }) => `${whole(capacity)} (\`${id}\`)`);
  const each = `${whole(throttle.capacity / sources)} from each of its ${sources} sources`;
  return `The stack accepts ${whole(throttle.capacity)} events a second, ${each}. The next limits, in events a second: ${told.join(", ")}.`;
}

/** Lists the stages, the narrowest first. */
export function stageTable(rate: number, stages: readonly MeasuredStage[]): string[] {
  const rows = [...stages]
    .sort((a, b) => a.capacity - b.capacity)
    .map(
      ({ what, id, capacity, required, more }) =>
        `| ${what} | \`${id}\` | ${whole(capacity)} | ${whole(required)} | ${capacity < rate ? more : "not needed"} |`,
    );
  return [`| Limit | Name | Events a second | Limit for ${whole(rate)} | To raise it |`, "| --- | --- | --- | --- | --- |", ...rows];
}

export function outcomeTable(runs: readonly Run[]): string[] {
  const rows = runs.map(({ what, quotas, outcome }) => {
    const { sent, refusedFirst, lost, doneAt, limited } = outcome;
    const narrowest = [...limited].sort(([, a], [, b]) => b - a).map(([id, seconds]) => `\`${id}\` ${duration(seconds)}`);
    const cells = [
      what,
      quotas,
      whole(sent),
      part(refusedFirst, sent),
      part(lost, sent),
      whole(mostOf(outcome, "backlog")),
      duration(mostOf(outcome, "oldest")),
      duration(doneAt),
    ];
    return `| ${[...cells, narrowest.join(", ") || "none"].join(" | ")} |`;
  });
  return [
    "| Trace | Quotas | Events | First tries refused | Lost after three days | Most waiting | Longest wait | All processed after | Time at each limit |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
}

/** Most columns of a terminal's line. */
const width = 80;

/** Tells what each trace has as its title on a terminal. */
const briefly: Record<Trace["id"], string> = { steady: "steady", peak: "peak", storm: "retry storm", standstill: "standstill" };

/** Lists the stages for a terminal, the narrowest first, each with what to do about it on a line of its own if it is too low. */
export function stageLines(rate: number, stages: readonly MeasuredStage[]): string[] {
  const rows = [...stages].sort((a, b) => a.capacity - b.capacity);
  const lines = columns([
    ["Limit", "Events a second", `Limit for ${whole(rate)}`],
    ...rows.map(({ id, capacity, required }) => [id, whole(capacity), whole(required)]),
  ]);
  const advice = rows.flatMap(({ capacity, more, id }) => (capacity < rate ? [`  ${id}: ${more}`] : []));
  return [...lines, ...(advice.length > 0 ? ["", `For ${whole(rate)} events a second:`, ...advice.map(fitting)] : [])];
}

/** Lists the traces' outcomes for a terminal. */
export function outcomeLines(runs: readonly Run[]): string[] {
  return columns([
    ["Trace", "Quotas", "Refused", "Lost", "Longest wait", "Held most by"],
    ...runs.map(({ id, quotas, outcome }) => {
      const { sent, refusedFirst, lost, limited } = outcome;
      const [narrowest = ["none"]] = [...limited].sort(([, a], [, b]) => b - a);
      const brief = quotas.replace("the stack's throttles", "the stack's").replace("AWS's defaults", "AWS's");
      return [briefly[id], brief, part(refusedFirst, sent), part(lost, sent), duration(mostOf(outcome, "oldest")), String(narrowest[0])];
    }),
  ]);
}

/** Aligns cells: the first column to the left, figures to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const isFigure = (at: number) => rows.slice(1).every((row) => /^[<\d]|^none$/.test(row[at]));
  return rows.map((row) =>
    row
      .map((cell, at) => (isFigure(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join("  ")
      .trimEnd(),
  );
}

/** Breaks a sentence into lines that fit a terminal. */
export function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.replaceAll("`", "").split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const fitting = (line: string) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`);

export function localTable(comparisons: readonly LocalComparison[]): string[] {
  const rows = comparisons.map(
    ({ what, predicted, measured, unit }) =>
      `| ${what} | ${predicted.toFixed(1)} ${unit} | ${measured.toFixed(1)} ${unit} | ${(predicted / measured).toFixed(2)} × |`,
  );
  return ["| What | Predicted | Measured | Ratio |", "| --- | --- | --- | --- |", ...rows];
}

function part(amount: number, of: number): string {
  const percent = of > 0 ? (amount / of) * 100 : 0;
  return percent === 0 ? "none" : percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}

/** Formats a duration in the largest unit that fits. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3_600 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}
