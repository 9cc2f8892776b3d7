import type { EventWithAmount } from "../cli/events/list";
import type { EventsPage } from "../cli/console/api";
import type { ActionName } from "./actions";
import { useArrivals } from "./arrivals";
import { CommandButton } from "./copy";
import { useShared } from "./context";
import { EventsTable } from "./eventsTable";
import { FilterBar, filtersIn, type Filters } from "./filters";
import { inNumber, plural } from "./format";
import { focusedRow, useKeys } from "./keys";
import { useAnswer, type Loaded } from "./load";
import { NothingYet } from "./nothingYet";
import { Pages } from "./pages";
import { ActionButton, Empty, ProblemBox, ReadOnlyNote, Skeleton } from "./parts";
import { usePreview } from "./preview";
import { eventsHref } from "./router";
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
      <FilterBar filters={filters} problem={loaded.problem} />
      <div class="toolbar">
        <Announcement newer={newer} show={showNewer} isLoading={loaded.isLoading}>
          {placeIn(events.length, query, loaded.answer?.cursor ?? null)}
        </Announcement>
        {chosen.length > 0 && <SelectionBar chosen={chosen} act={act} clear={selection.clear} />}
      </div>
      <List loaded={loaded} events={events} filters={filters} selection={selection} query={query} />
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

/** Returns how many events the pages before have; `undefined` if the address does not say so. */
function countBefore({ cursor, before }: Readonly<Record<string, string>>): number | undefined {
  if (cursor === undefined) return 0;
  return /^[1-9]\d{0,8}$/.test(before ?? "") ? Number(before) : undefined;
}

/** Says which events of the whole list are shown. @param cursor of the next page; `null` at the end */
function placeIn(shown: number, query: Readonly<Record<string, string>>, cursor: string | null): string {
  const before = countBefore(query);
  if (shown === 0) return "";
  if (before === undefined) return plural(shown, "older event");
  if (before === 0 && cursor === null) return `${plural(shown, "event")}, newest first`;
  return `${inNumber(before + 1)} to ${inNumber(before + shown)}, newest first`;
}

interface AnnouncementProps {
  newer: number;
  show: () => void;
  isLoading: boolean;
  /** What is said of the list while nothing is new. */
  children: string;
}

/** Announces new events above the list. It stays as it is until someone asks for them. */
function Announcement({ newer, show, isLoading, children }: AnnouncementProps) {
  return (
    <div class="announcement" aria-live="polite">
      {newer > 0 ? (
        <button type="button" class="newer" onClick={show}>
          {plural(newer, "new event")}: show
        </button>
      ) : (
        <span class="muted">{isLoading ? "Loading…" : children}</span>
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
  loaded: Loaded<EventsPage>;
  events: readonly EventWithAmount[];
  filters: Filters;
  selection: ReturnType<typeof useSelection>;
  query: Readonly<Record<string, string>>;
}

function List({ loaded, events, filters, selection, query }: ListProps) {
  const { answer, problem, reload } = loaded;
  // The filters say what is wrong with them.
  if (problem?.code === "usage") return null;
  if (problem && !answer) return <ProblemBox problem={problem} retry={reload} />;
  if (!answer) return <Skeleton rows={20} />;
  const { cursor } = answer;
  const before = countBefore(query);
  const next = { ...filters, cursor: cursor ?? undefined, before: before === undefined ? undefined : before + answer.events.length };
  return (
    <>
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {events.length === 0 ? <NoEvents filters={filters} /> : <EventsTable label="Events" events={events} selection={selection} />}
      <Pages isFirst={query.cursor === undefined} first={eventsHref(filters)} next={cursor === null ? undefined : eventsHref(next)} />
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
