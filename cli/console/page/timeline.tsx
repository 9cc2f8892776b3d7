import type { EventView } from "../api";
import { inDuration, printable } from "./format";
import { TableBox, Time } from "./parts";
import { lanesOf, scaleOf, stagesOf, type Lane, type Stage } from "./stages";

const width = 680;
/** Half of a name is beside the first and the last mark. */
const margin = 32;
const eventLine = 64;
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
  const height = eventLine + belowEvents + lanes.length * laneHeight + 6;
  const attempts = lanes.flatMap((lane) => lane.attempts.map(({ time }) => time));
  const next = lanes.flatMap((lane) => (lane.next === undefined ? [] : [lane.next]));
  const scale = scaleOf([...stages.map(({ time }) => time), ...attempts, ...next], width - 2 * margin);
  const place = (time: number) => margin + scale(time);
  return (
    <div class="picture" role="region" tabIndex={0} aria-label="Timeline as a picture">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={inWords(stages, lanes)}>
        <EventLine stages={stages} place={place} />
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

function EventLine({ stages, place }: { stages: readonly Stage[]; place: (time: number) => number }) {
  const rows = rowsOf(stages.map(({ time }) => place(time)));
  return (
    <g>
      {stages.slice(1).map((stage, index) => (
        <Gap key={stage.name} from={place(stages[index].time)} to={place(stage.time)} ms={stage.since ?? 0} />
      ))}
      {stages.map((stage, index) => (
        <g key={stage.name}>
          <line x1={place(stage.time)} x2={place(stage.time)} y1={eventLine - 10 - rows[index] * 16} y2={eventLine} class="stem" />
          <Mark x={place(stage.time)} y={eventLine} isFailure={stage.isFailure} />
          <text x={place(stage.time)} y={eventLine - 14 - rows[index] * 16} class={stage.isFailure ? "stage-name bad" : "stage-name"}>
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

function Gap({ from, to, ms }: { from: number; to: number; ms: number }) {
  const text = inDuration(ms);
  return (
    <g>
      <line x1={from} x2={to} y1={eventLine} y2={eventLine} class="way" />
      {to - from > text.length * 7 && (
        <text x={(from + to) / 2} y={eventLine + 20} class="gap">
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
            <th scope="col">Time</th>
            <th scope="col" class="number">
              Since the one before
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ name, at, since, isFailure }) => (
            <tr key={name}>
              <th scope="row" class={isFailure ? "bad" : ""}>
                {name}
              </th>
              <td>
                <Time at={at} full />
              </td>
              <td class="number">{since === undefined ? "" : inDuration(since)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
