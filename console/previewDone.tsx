import type { ActionName, Progress } from "./actions";
import { useFeed } from "./context";
import { printable } from "../cli/lib/printable";
import { inNumber, plural } from "./format";
import { redriveOutcomeOf } from "./redriveOutcome";
import { EventLink, ProblemBox, TableBox } from "./parts";
import { PreviewedEvents, type PreviewedEvent } from "./previewed";

/** The verbs in the past. */
const past: Readonly<Record<ActionName, string>> = { redrive: "redriven", replay: "published again", redeliver: "sent again" };

interface DoneReportProps {
  action: ActionName;
  progress: Progress;
  events: readonly PreviewedEvent[];
}

/** Says what an action has done, which events it left, and why; of a redrive, also what became of the events. */
export function DoneReport({ action, progress, events }: DoneReportProps) {
  const { done, left, tried, isOver, problem } = progress;
  const total = events.length;
  const isLeft = new Set(left.map(({ id }) => id));
  const redriven = action === "redrive" ? events.slice(0, tried).filter(({ transactionId }) => !isLeft.has(transactionId)) : [];
  return (
    <>
      <div role="status">
        {isOver ? (
          <p class="done">
            <strong>
              {plural(done, "event")} {past[action]}.
            </strong>{" "}
            {left.length > 0 && `${inNumber(left.length)} left as they were:`}
          </p>
        ) : (
          <p class="done">
            {inNumber(tried)} of {plural(total, "event")}…
          </p>
        )}
        <progress max={total} value={tried} aria-label="Events that were tried" />
      </div>
      {problem && <ProblemBox problem={problem} />}
      {problem && tried < total && <p>{plural(total - tried, "event")} were not tried.</p>}
      {redriven.length > 0 && <RedriveOutcomeNote events={redriven} />}
      {left.length > 0 && <Left left={left} />}
    </>
  );
}

/** Follows redriven events through the feed until each has ended. */
function RedriveOutcomeNote({ events }: { events: readonly PreviewedEvent[] }) {
  const { processed, failedAgain, waiting } = redriveOutcomeOf(events, useFeed().changed);
  const [first] = failedAgain;
  const only = failedAgain.length === 1 ? `: ${printable(first.error ?? "no error is stored")}` : "";
  return (
    <>
      <ul class="outcome" role="status" aria-label="What became of the events">
        {processed > 0 && <li class="outcome-good">{inNumber(processed)} PROCESSED</li>}
        {failedAgain.length > 0 && (
          <li class="bad">
            {inNumber(failedAgain.length)} FAILED again{only}
          </li>
        )}
        {waiting > 0 && <li class="muted">{inNumber(waiting)} still waiting</li>}
      </ul>
      {failedAgain.length > 0 && <PreviewedEvents label="Events that failed again" events={failedAgain} />}
    </>
  );
}

function Left({ left }: Pick<Progress, "left">) {
  return (
    <TableBox label="Events that were left" tall>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Why it was left</th>
          </tr>
        </thead>
        <tbody>
          {left.map(({ id, why }) => (
            <tr key={id}>
              <td>
                <EventLink id={id} />
              </td>
              <td class="prose">{printable(why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
