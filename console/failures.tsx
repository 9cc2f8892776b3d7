import type { FailureGroup, Failures } from "../cli/console/api";
import { Command, CommandButton } from "./copy";
import { useFeed, useShared } from "./context";
import { withChanges } from "./arrivals";
import { EventsTable } from "./eventsTable";
import { printable } from "../cli/lib/printable";
import { inCount, plural } from "./format";
import { focusedRow, useKeys } from "./keys";
import { useAnswer, useRefresh } from "./load";
import { ActionButton, Empty, ProblemBox, ReadOnlyNote, Skeleton, Time } from "./parts";
import { usePreview, type OpenPreview } from "./preview";
import { useSelection } from "./selection";
import { MissingNote } from "./missingNote";

/** Groups the failed events by their error, to be redriven once the cause is fixed. */
export function FailuresView() {
  const { answer, problem, reload } = useAnswer("/api/failures");
  useRefresh(reload);
  const [preview, open] = usePreview();
  return (
    <>
      <div class="view-head">
        <h1>Failures</h1>
        <CommandButton words={["events", "list"]} options={{ status: "FAILED" }} />
      </div>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {answer ? <Groups failures={answer} open={open} reload={reload} /> : !problem && <Skeleton rows={8} />}
      {preview}
    </>
  );
}

function Groups({ failures, open, reload }: { failures: Failures; open: OpenPreview; reload: () => void }) {
  const { groups, read, deadLetters, missing } = failures;
  const { session } = useShared();
  if (groups.length === 0) {
    return (
      <Empty title="No event is FAILED.">
        <p>
          {deadLetters !== null && deadLetters > 0
            ? `The dead-letter queue has ${plural(deadLetters, "message")} of events that are not FAILED any more.`
            : "When one fails, it is here with its error, and can be redriven."}
        </p>
        {session.place === "LOCAL" && (
          <p>
            To see one fail: <Command words={["send", session.sources[0], "--fail"]} />
          </p>
        )}
      </Empty>
    );
  }
  return (
    <>
      <p class="toolbar muted">
        {inCount(read)} failed {read.count === 1 ? "event" : "events"} in {plural(groups.length, "group")}
        {deadLetters !== null && `, ${plural(deadLetters, "dead letter")}`}. Fix the cause first, then redrive.
        {read.capped && " Older ones are not read: redrive these first."}
      </p>
      <MissingNote missing={missing} />
      <ReadOnlyNote />
      {groups.map((group) => (
        <Group key={group.error} group={group} open={open} reload={reload} />
      ))}
    </>
  );
}

/** Rows of a group that are listed; the preview lists all that it redrives. */
const listedRows = 100;

function Group({ group, open, reload }: { group: FailureGroup; open: OpenPreview; reload: () => void }) {
  const { error, sources, first, last } = group;
  const { changed } = useFeed();
  const events = withChanges(group.events, changed);
  const selection = useSelection();
  const chosen = events.filter(({ transactionId }) => selection.ids.has(transactionId));
  const asked = chosen.length > 0 ? chosen : events;
  const redrive = (some: typeof events) =>
    open({ action: "redrive", events: some }, () => {
      selection.clear();
      reload();
    });
  const current = () => events.filter(({ transactionId }) => transactionId === focusedRow());
  useKeys({
    r: () => {
      const some = chosen.length > 0 ? chosen : current();
      return some.length > 0 && redrive(some);
    },
    x: () => {
      const ids = current().map(({ transactionId }) => transactionId);
      return ids.length > 0 && selection.toggle(ids, !selection.ids.has(ids[0]));
    },
  });
  return (
    <section class="card group" aria-label={printable(error)}>
      <header class="group-head">
        <h2 class="mono">{printable(error)}</h2>
        <p class="muted">
          <strong>{plural(events.length, "event")}</strong> of {sources.map(printable).join(", ")}, <Time at={first} /> to{" "}
          <Time at={last} />
        </p>
        <ActionButton main onClick={() => redrive(asked)} label={`Redrive ${plural(asked.length, "event")}: ${error}`}>
          Redrive {chosen.length > 0 ? `${chosen.length} selected` : plural(events.length, "event")}…
        </ActionButton>
      </header>
      <details>
        <summary>Events of this group</summary>
        <EventsTable label={`Events: ${printable(error)}`} events={events.slice(0, listedRows)} selection={selection} />
        {events.length > listedRows && <p class="muted pad">The newest {listedRows} are listed here; the preview lists all.</p>}
      </details>
    </section>
  );
}
