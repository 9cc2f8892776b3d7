import { stagesOf, type Stage } from "../cli/events/stages";
import type { EventView } from "../cli/console/api";
import { printable } from "../cli/lib/printable";
import { inDuration } from "./format";
import { TableBox, Time } from "./parts";
import { lanesOf, scaleOf, type Lane } from "./stages";
import { useWidth } from "./width";

const usualWidth = 640;
/** Below this, the picture scrolls in its box. */
const leastWidth = 292;
/** Padding of the box. */
const padding = 16;
/** Half of a name is beside the first and the last mark. */
const margin = 32;
/** Height above the line of an event: for one row of names, and for each more. */
const aboveEvents = 36;
const nameHeight = 16;
const belowEvents = 32;
const laneHeight = 44;
/** The least distance of two names on one line. */
const nameWidth = 70;

/** Shows an event's stages, and the attempts of its deliveries, as a picture and as a table beside it. */
export function Timeline({ event, deliveries }: Pick<EventView, "event" | "deliveries">) {
  const stages = stagesOf(event);
  return (
    <div class="beside">
      <Picture stages={stages} lanes={lanesOf(deliveries)} />
      <StagesTable stages={stages} />
    </div>
  );
}

function Picture({ stages, lanes }: { stages: readonly Stage[]; lanes: readonly Lane[] }) {
  const [box, boxWidth] = useWidth<HTMLDivElement>(usualWidth);
  const width = Math.max(leastWidth, boxWidth - 2 * padding);
  const attempts = lanes.flatMap((lane) => lane.attempts.map(({ time }) => time));
  const next = lanes.flatMap((lane) => (lane.next === undefined ? [] : [lane.next]));
  const scale = scaleOf([...stages.map(({ time }) => time), ...attempts, ...next], width - 2 * margin);
  const place = (time: number) => margin + scale(time);
  const rows = rowsOf(stages.map(({ time }) => place(time)));
  const eventLine = aboveEvents + nameHeight * Math.max(0, ...rows);
  const height = eventLine + belowEvents + lanes.length * laneHeight + 6;
  return (
    <div class="picture" role="region" tabIndex={0} aria-label="Timeline as a picture" ref={box}>
      <svg width={width} height={height} role="img" aria-label={inWords(stages, lanes)}>
        <EventLine stages={stages} rows={rows} y={eventLine} place={place} />
        {lanes.map((lane, index) => (
          <DestinationLine key={lane.destination} lane={lane} y={eventLine + belowEvents + index * laneHeight + 28} place={place} />
        ))}
      </svg>
      <p class="muted small">Distances are logarithmic: a millisecond and a day fit into one picture.</p>
    </div>
  );
}

const inWords = (stages: readonly Stage[], lanes: readonly Lane[]) =>
  [
    ...stages.map(({ name, since }) => (since === undefined ? name : `${name} after ${inDuration(since)}`)),
    ...lanes.map(({ destination, status, attempts }) => `delivery to ${destination}: ${status}, ${attempts.length} attempts shown`),
  ].join(", ");

interface EventLineProps {
  stages: readonly Stage[];
  /** Row of each name, counted upwards. */
  rows: readonly number[];
  y: number;
  place: (time: number) => number;
}

function EventLine({ stages, rows, y, place }: EventLineProps) {
  return (
    <g>
      {stages.slice(1).map((stage, index) => (
        <Gap key={`${stage.name} ${stage.at}`} from={place(stages[index].time)} to={place(stage.time)} y={y} ms={stage.since ?? 0} />
      ))}
      {stages.map((stage, index) => (
        <g key={`${stage.name} ${stage.at}`}>
          <line x1={place(stage.time)} x2={place(stage.time)} y1={y - 10 - rows[index] * nameHeight} y2={y} class="stem" />
          <Mark x={place(stage.time)} y={y} isFailure={stage.isFailure} />
          <text x={place(stage.time)} y={y - 14 - rows[index] * nameHeight} class={stage.isFailure ? "stage-name bad" : "stage-name"}>
            {stage.name}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Returns for each name the row, counted upwards, in which it does not run into the one before. */
function rowsOf(places: readonly number[]): number[] {
  const ends: number[] = [];
  return places.map((place) => {
    const free = ends.findIndex((end) => place - end >= nameWidth);
    const row = free === -1 ? ends.length : free;
    ends[row] = place;
    return row;
  });
}

function Gap({ from, to, y, ms }: { from: number; to: number; y: number; ms: number }) {
  const text = inDuration(ms);
  return (
    <g>
      <line x1={from} x2={to} y1={y} y2={y} class="way" />
      {to - from > text.length * 7 && (
        <text x={(from + to) / 2} y={y + 20} class="gap">
          {text}
        </text>
      )}
    </g>
  );
}

/** A dot, or a square for a failure: shapes tell them apart, too. */
function Mark({ x, y, isFailure }: { x: number; y: number; isFailure: boolean }) {
  return isFailure ? (
    <rect x={x - 5} y={y - 5} width={10} height={10} class="mark-bad" />
  ) : (
    <circle cx={x} cy={y} r={5} class="mark-good" />
  );
}

function DestinationLine({ lane, y, place }: { lane: Lane; y: number; place: (time: number) => number }) {
  const { destination, attempts, next } = lane;
  const first = attempts[0]?.time ?? next;
  const last = next ?? attempts.at(-1)?.time;
  return (
    <g>
      <text x={margin - 6} y={y - 14} class="lane-name">
        → {printable(destination)}
      </text>
      {first !== undefined && last !== undefined && <line x1={place(first)} x2={place(last)} y1={y} y2={y} class="wait" />}
      {attempts.map(({ time, durationMs, isFailure }) => (
        <g key={time}>
          <line x1={place(time)} x2={place(time + durationMs)} y1={y} y2={y} class={isFailure ? "attempt bad" : "attempt"} />
          <Mark x={place(time + durationMs)} y={y} isFailure={isFailure} />
        </g>
      ))}
      {next !== undefined && (
        <>
          <circle cx={place(next)} cy={y} r={5} class="mark-next" />
          <text x={place(next)} y={y + 18} class="gap">
            next
          </text>
        </>
      )}
    </g>
  );
}

function StagesTable({ stages }: { stages: readonly Stage[] }) {
  return (
    <TableBox label="Stages">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              Since the one before
            </th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ name, at, since, isFailure, reason }) => (
            <tr key={`${name} ${at}`}>
              <th scope="row" class={isFailure ? "bad" : ""}>
                {name}
                {reason !== undefined && <span class="reason">{printable(reason)}</span>}
              </th>
              <td class="number">{since === undefined ? "" : inDuration(since)}</td>
              <td>
                <Time at={at} full />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
