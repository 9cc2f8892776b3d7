import type { EventWithAmount } from "../../events/list";
import type { ActionName } from "./actions";
import { useArrivals } from "./arrivals";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { EventsTable } from "./eventsTable";
import { FilterBar, filtersIn, type Filters } from "./filters";
import { plural } from "./format";
import { focusedRow, useKeys } from "./keys";
import { useAnswer, type Loaded } from "./load";
import { NothingYet } from "./nothingYet";
import { ActionButton, Empty, ProblemBox, ReadOnlyNote, Skeleton } from "./parts";
import { usePreview } from "./preview";
import { eventsHref, go } from "./router";
import { useSelection } from "./selection";

/** Events of a page. */
const limit = 100;

/** Lists events, newest first, with filters and place in the URL. */
export function EventsView({ query }: { query: Readonly<Record<string, string>> }) {
  const filters = filtersIn(query);
  const { cursor } = query;
  const loaded = useAnswer("/api/events", { ...filters, limit, cursor }, { keeps: true });
  const { events, newer } = useArrivals(loaded, filters, cursor === undefined);
  const selection = useSelection();
  const [preview, open] = usePreview();
  const chosen = events.filter(({ transactionId }) => selection.ids.has(transactionId));
  const act = (action: ActionName) => open({ action, events: chosen }, selection.clear);
  const current = () => events.filter(({ transactionId }) => transactionId === focusedRow());
  useKeys({
    r: () => {
      const asked = chosen.length > 0 ? chosen : current();
      if (asked.length > 0) open({ action: "redrive", events: asked }, selection.clear);
    },
    x: () => {
      for (const { transactionId } of current()) selection.toggle([transactionId], !selection.ids.has(transactionId));
    },
  });
  const showNewer = () => {
    loaded.reload();
    scrollTo(0, 0);
  };
  return (
    <>
      <div class="view-head">
        <h1>Events</h1>
        <CommandButton words={["events", "list"]} options={commandOptions(filters, cursor)} />
      </div>
      <FilterBar filters={filters} />
      <div class="toolbar">
        <Announcement newer={newer} show={showNewer} shown={events.length} isLoading={loaded.isLoading} />
        {chosen.length > 0 && <SelectionBar chosen={chosen} act={act} clear={selection.clear} />}
      </div>
      <List loaded={loaded} events={events} filters={filters} selection={selection} isFirst={cursor === undefined} />
      {preview}
    </>
  );
}

const commandOptions = ({ minAmount, ...filters }: Filters, cursor: string | undefined) => ({
  ...filters,
  "min-amount": minAmount,
  limit,
  cursor,
});

interface AnnouncementProps {
  newer: number;
  show: () => void;
  shown: number;
  isLoading: boolean;
}

/** Announces new events above the list. It stays as it is until someone asks for them. */
function Announcement({ newer, show, shown, isLoading }: AnnouncementProps) {
  return (
    <div class="announcement" aria-live="polite">
      {newer > 0 ? (
        <button type="button" class="newer" onClick={show}>
          {plural(newer, "new event")}: show
        </button>
      ) : (
        <span class="muted">{isLoading ? "Loading…" : shown > 0 ? `${plural(shown, "event")}, newest first` : ""}</span>
      )}
    </div>
  );
}

function SelectionBar({
  chosen,
  act,
  clear,
}: {
  chosen: readonly EventWithAmount[];
  act: (action: ActionName) => void;
  clear: () => void;
}) {
  const { session } = useShared();
  return (
    <div class="row selection">
      <strong>{plural(chosen.length, "event")} selected</strong>
      <ActionButton main onClick={() => act("redrive")}>
        Redrive…
      </ActionButton>
      <ActionButton onClick={() => act("replay")}>Replay…</ActionButton>
      {session.destinations.length > 0 && <ActionButton onClick={() => act("redeliver")}>Redeliver…</ActionButton>}
      <button type="button" class="quiet" onClick={clear}>
        Clear selection
      </button>
      <ReadOnlyNote />
    </div>
  );
}

interface ListProps {
  loaded: Loaded<{ cursor: string | null }>;
  events: readonly EventWithAmount[];
  filters: Filters;
  selection: ReturnType<typeof useSelection>;
  isFirst: boolean;
}

function List({ loaded, events, filters, selection, isFirst }: ListProps) {
  const { answer, problem, reload } = loaded;
  if (problem && !answer) return <ProblemBox problem={problem} retry={reload} />;
  if (!answer) return <Skeleton rows={20} />;
  const { cursor } = answer;
  return (
    <>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {events.length === 0 ? <NoEvents filters={filters} /> : <EventsTable label="Events" events={events} selection={selection} />}
      <nav class="pages" aria-label="Pages">
        <button type="button" disabled={isFirst} onClick={() => go(eventsHref({ ...filters }))}>
          Newest
        </button>
        <button type="button" disabled={cursor === null} onClick={() => go(eventsHref({ ...filters, cursor: cursor ?? undefined }))}>
          Older →
        </button>
      </nav>
    </>
  );
}

function NoEvents({ filters }: { filters: Filters }) {
  if (Object.keys(filters).length > 0) {
    return (
      <Empty title="No event fits these filters.">
        <p>
          <a href="/events">Clear the filters</a>, or choose an earlier time.
        </p>
      </Empty>
    );
  }
  return <NothingYet />;
}
