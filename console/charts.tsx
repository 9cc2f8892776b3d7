import type { ComponentChildren } from "preact";
import type { Minute } from "../cli/console/api";
import { useShared } from "./context";
import { inDuration, inMinutes, inNumber, type Clock } from "./format";
import { TableBox } from "./parts";
import { useWidth } from "./width";

const usualWidth = 480;
const height = 170;
const left = 52;
const top = 10;
const bottom = 22;
/** Half of the label of the newest minute. */
const right = 20;
const plotHeight = height - top - bottom;
const minutes = 60;

/** Rounds the top of a scale up, so that half of it is a whole number, too. */
function topOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [2, 4, 6, 10, 20].map((factor) => factor * power).find((one) => one >= most)!;
}

interface FrameProps {
  title: string;
  /** What is written at the axis, from the bottom to the top, evenly spaced. */
  ticks: readonly string[];
  data: readonly Minute[];
  legend: ComponentChildren;
  children: (minutes: Columns) => ComponentChildren;
}

/** Where the minutes of a chart are, in pixels. */
interface Columns {
  /** Width of one. */
  slot: number;
  centerOf: (index: number) => number;
}

/** Draws the axes of a chart of the last hour. */
function Frame({ title, ticks, data, legend, children }: FrameProps) {
  const { clock } = useShared();
  const [figure, width] = useWidth<HTMLElement>(usualWidth);
  const slot = (width - left - right) / minutes;
  // The newest minute is at the right, also if there are fewer than sixty.
  const centerOf = (index: number) => left + (minutes - data.length + index + 0.5) * slot;
  return (
    <figure class="chart" ref={figure}>
      <svg width={width} height={height} role="img" aria-label={title}>
        {ticks.map((tick, index) => (
          <g key={tick}>
            <line x1={left} x2={width - right} y1={yOf(index / (ticks.length - 1))} y2={yOf(index / (ticks.length - 1))} class="grid" />
            <text x={left - 6} y={yOf(index / (ticks.length - 1)) + 4} class="axis end">
              {tick}
            </text>
          </g>
        ))}
        {data.map(({ at }, index) =>
          new Date(at).getUTCMinutes() % 15 === 0 ? (
            <text key={at} x={centerOf(index)} y={height - 5} class="axis">
              {inMinutes(at, clock)}
            </text>
          ) : null,
        )}
        {children({ slot, centerOf })}
      </svg>
      <figcaption>{legend}</figcaption>
    </figure>
  );
}

const yOf = (part: number) => top + plotHeight * (1 - part);

/** Shows how many events arrived in each minute, and how many of them failed. */
export function Throughput({ data }: { data: readonly Minute[] }) {
  const { clock } = useShared();
  const most = topOf(Math.max(2, ...data.map(({ received }) => received)));
  const total = data.reduce((sum, { received }) => sum + received, 0);
  const failed = data.reduce((sum, one) => sum + one.failed, 0);
  const title = `Events a minute in the last hour: ${inNumber(total)} received, ${inNumber(failed)} of them failed`;
  const legend = (
    <>
      <span class="key key-received">received</span>
      <span class="key key-failed">failed</span>
    </>
  );
  return (
    <Frame title={title} ticks={[0, most / 2, most].map(inNumber)} data={data} legend={legend}>
      {({ slot, centerOf }) =>
        data.map((minute, index) => <Bar key={minute.at} minute={minute} x={centerOf(index)} slot={slot} most={most} clock={clock} />)
      }
    </Frame>
  );
}

interface BarProps {
  minute: Minute;
  x: number;
  slot: number;
  most: number;
  clock: Clock;
}

function Bar({ minute, x, slot, most, clock }: BarProps) {
  const { at, received, failed } = minute;
  const part = (value: number) => (value / most) * plotHeight;
  const bar = Math.max(2, slot - 2);
  return (
    <g>
      <title>{`${inMinutes(at, clock)}: ${received} received, ${failed} failed`}</title>
      <rect x={x - slot / 2} y={top} width={slot} height={plotHeight} class="hit" />
      <rect x={x - bar / 2} y={yOf(0) - part(received)} width={bar} height={part(received)} class="bar-received" />
      <rect x={x - bar / 2} y={yOf(0) - part(failed)} width={bar} height={part(failed)} class="bar-failed" />
    </g>
  );
}

/** Writes a power of ten of milliseconds: `100 ms`, `10 s`. */
const inPower = (power: number) => (power < 3 ? `${10 ** power} ms` : `${inNumber(10 ** (power - 3))} s`);

/** Shows how long events took from receipt to the end: the median, and the 95th percentile. A requeued event takes a thousand times longer. */
export function Latency({ data }: { data: readonly Minute[] }) {
  const values = data.flatMap(({ p50, p95 }) => [p50, p95].flatMap((value) => (value === null ? [] : [Math.log10(Math.max(1, value))])));
  const from = Math.floor(Math.min(2, ...values));
  const to = Math.max(from + 2, Math.ceil(Math.max(0, ...values)));
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => inPower(from + index));
  const last = [...data].reverse().find(({ p50 }) => p50 !== null);
  const now = last
    ? `: last median ${inDuration(last.p50!)}, 95th percentile ${inDuration(last.p95 ?? last.p50!)}`
    : ": no event has ended";
  const legend = (
    <>
      <span class="key key-p50">median</span>
      <span class="key key-p95">95th percentile</span>
    </>
  );
  const partOf = (value: number) => (Math.log10(Math.max(1, value)) - from) / (to - from);
  return (
    <Frame title={`Time to process in the last hour${now}`} ticks={ticks} data={data} legend={legend}>
      {({ centerOf }) => (["p95", "p50"] as const).map((name) => <Line key={name} name={name} data={data} at={{ centerOf, partOf }} />)}
    </Frame>
  );
}

interface LineProps {
  name: "p50" | "p95";
  data: readonly Minute[];
  /** Says where a minute is, in pixels, and how high a value, 0 to 1. */
  at: Pick<Columns, "centerOf"> & { partOf: (value: number) => number };
}

/** Radius of the point of a minute that stands alone. */
const pointRadius = { p50: 3, p95: 6 } as const;

/** A minute in which nothing ended interrupts the line; one alone is a point. */
function Line({ name, data, at: { centerOf, partOf } }: LineProps) {
  const points = data.map((minute, index) => {
    const value = minute[name];
    return value === null ? null : `${centerOf(index).toFixed(1)},${yOf(partOf(value)).toFixed(1)}`;
  });
  const parts = points.reduce<string[][]>(
    (lines, point) => (point === null ? [...lines, []] : [...lines.slice(0, -1), [...lines.at(-1)!, point]]),
    [[]],
  );
  return (
    <g class={`line-${name}`}>
      {parts
        .filter(({ length }) => length > 0)
        .map((part) => {
          const [x, y] = part[0].split(",");
          return part.length > 1 ? (
            <path key={part[0]} d={`M${part.join("L")}`} />
          ) : (
            <circle key={part[0]} cx={x} cy={y} r={pointRadius[name]} />
          );
        })}
    </g>
  );
}

/** The same numbers as a table. */
export function MinutesTable({ data }: { data: readonly Minute[] }) {
  const { clock } = useShared();
  const ms = (value: number | null) => (value === null ? "–" : inDuration(value));
  return (
    <details class="as-table">
      <summary>The numbers as a table</summary>
      <TableBox label="Each minute of the last hour" tall>
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Minute ({clock})</th>
              {["Received", "Failed", "Median", "95th percentile"].map((name) => (
                <th scope="col" class="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...data].reverse().map(({ at, received, failed, p50, p95 }) => (
              <tr key={at}>
                <th scope="row">{inMinutes(at, clock)}</th>
                <td class="number">{inNumber(received)}</td>
                <td class="number">{inNumber(failed)}</td>
                <td class="number">{ms(p50)}</td>
                <td class="number">{ms(p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </details>
  );
}
