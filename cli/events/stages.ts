import type { ShownEvent } from "./shownEvent";

/** A moment in an event's life. */
export interface Stage {
  name: string;
  /** Epoch milliseconds. */
  time: number;
  at: string;
  /** Milliseconds since the stage before; `undefined` for the first. */
  since?: number;
  isFailure: boolean;
  /** Code of the error, or why it was requeued. */
  reason?: string;
}

type Moment = Pick<Stage, "name" | "reason"> & { at: string | number | undefined };

/**
 * Returns an event's stages in the order of time, each failed attempt among them. When it was published is not stored: just before it
 * finished.
 */
export function stagesOf(event: ShownEvent): Stage[] {
  const known = [...momentsOf(event), ...recorded(event)]
    .flatMap(({ at, ...moment }) =>
      typeof at === "string" ? [{ ...moment, at, time: Date.parse(at), isFailure: moment.name === "failed" }] : [],
    )
    .sort((a, b) => a.time - b.time);
  return known.map((stage, index) => (index === 0 ? stage : { ...stage, since: stage.time - known[index - 1].time }));
}

function momentsOf(event: ShownEvent): Moment[] {
  const { history = [] } = event;
  const isFailure = event.status === "FAILED";
  const isRecorded = isFailure && history.at(-1)?.stage === "failed";
  return [
    { name: "occurred", at: event.occurredAtSource === undefined ? event.occurredAt : undefined },
    { name: "received", at: event.receivedAt },
    ...(history.some(({ at }) => at === event.requeuedAt) ? [] : [requeueOf(event)]),
    { name: "claimed", at: event.claimedAt },
    ...(isRecorded ? [] : [{ name: isFailure ? "failed" : "finished", at: event.finishedAt }]),
  ];
}

/**
 * Returns a requeue that the history does not have: nothing had claimed the event. A redrive resets the requeues, so without one it was a
 * redrive of an earlier version, which recorded none.
 */
const requeueOf = ({ requeues, requeuedAt }: ShownEvent): Moment =>
  Number(requeues ?? 0) > 0 ? { name: "requeued", at: requeuedAt, reason: "not claimed" } : { name: "redriven", at: requeuedAt };

const recorded = ({ history = [] }: ShownEvent): Moment[] =>
  history.map(({ stage, at, error }) => ({ name: stage, at, reason: stage === "requeued" ? "worker died" : error }));
