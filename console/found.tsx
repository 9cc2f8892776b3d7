import { useEffect } from "preact/hooks";
import { CommandButton } from "./copy";
import { EventsTable } from "./eventsTable";
import { printable } from "../cli/lib/printable";
import { inNumber, plural } from "./format";
import { useAnswer } from "./load";
import { Empty, ProblemBox, Skeleton } from "./parts";
import { eventHref, go } from "./router";

/** Finds the events that an ID may mean, and goes to the event if there is one alone. */
export function FoundView({ id }: { id: string }) {
  const { answer, problem, reload } = useAnswer("/api/find", { id });
  const only = answer?.ids.length === 1 ? answer.ids[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(eventHref(only), true);
  }, [only]);
  return (
    <>
      <div class="view-head">
        <h1 class="cut">Events with the ID {printable(id)}</h1>
        <CommandButton words={["events", "show", id]} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {!answer && !problem && <Skeleton rows={2} />}
      {answer && answer.ids.length === 0 && (
        <Empty title="No event has this ID.">
          <p>
            Transaction IDs and the sources' own IDs are found whenever they arrived; a <code>webhook-id</code> or a reference only among
            the newest {plural(answer.searched, "event")}. Check the ID, or look under <a href="/events">Events</a>. A request that was
            refused is no event: see <a href="/sources">Sources</a>.
          </p>
        </Empty>
      )}
      {answer && answer.ids.length > 1 && (
        <>
          <p class="toolbar muted">
            {plural(answer.ids.length, "event")}
            {answer.events.length < answer.ids.length && `, the first ${inNumber(answer.events.length)} of them here`}
          </p>
          <EventsTable label="Events with this ID" events={answer.events} />
        </>
      )}
    </>
  );
}
