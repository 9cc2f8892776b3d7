import type { Progress } from "./actions";
import { inNumber, plural, printable } from "./format";
import { EventLink, ProblemBox, TableBox } from "./parts";

/** The verbs in the past. */
const past: Readonly<Record<string, string>> = { Redrive: "redriven", Replay: "published again", Redeliver: "sent again" };

/** Says what an action has done, and which events it left, and why. */
export function DoneReport({ verb, progress, total }: { verb: string; progress: Progress; total: number }) {
  const { done, left, tried, isOver, problem } = progress;
  return (
    <>
      <div role="status">
        {isOver ? (
          <p class="done">
            <strong>
              {plural(done, "event")} {past[verb]}.
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
      {left.length > 0 && (
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
                  <td>{printable(why)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </>
  );
}
