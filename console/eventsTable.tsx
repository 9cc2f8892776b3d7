import type { EventWithAmount } from "../cli/events/list";
import { useShared } from "./context";
import { inMajorUnits, inNumber } from "./format";
import { Age, EventLink, Status, TableBox, Text, Time } from "./parts";
import { rowClass, SelectCell, type Selection } from "./selectBox";

interface EventsTableProps {
  events: readonly EventWithAmount[];
  label: string;
  /** Lets rows be selected. */
  selection?: Selection;
}

/** Lists events: one row each, which a key or a click opens. */
export function EventsTable({ events, label, selection }: EventsTableProps) {
  const { clock } = useShared();
  return (
    <TableBox label={label}>
      <table class="list events-table">
        <thead>
          <tr>
            {selection && (
              <th scope="col" class="check">
                <AllCheckbox events={events} selection={selection} />
              </th>
            )}
            <th scope="col">Status</th>
            <th scope="col">Event</th>
            <th scope="col">Received ({clock})</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">
              Amount
            </th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col" class="number age">
              Age
            </th>
            <th scope="col">Kind or error</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <EventRow key={event.transactionId} event={event} selection={selection} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function EventRow({ event, selection }: { event: EventWithAmount; selection?: Selection }) {
  const { transactionId, status, receivedAt, kind, eventType, amount, attempts, error } = event;
  const isSelected = selection?.ids.has(transactionId) ?? false;
  return (
    <tr data-row={transactionId} class={rowClass(isSelected)}>
      {selection && <SelectCell id={transactionId} selection={selection} />}
      <td>
        <Status status={status} />
      </td>
      <td>
        <EventLink id={transactionId} />
      </td>
      <td>
        <Time at={receivedAt} />
      </td>
      <td>
        <Text text={eventType} />
      </td>
      <td class="number">{amount ? inMajorUnits(amount) : <span class="muted">–</span>}</td>
      <td class="number">{inNumber(attempts)}</td>
      <td class="number age">
        <Age at={receivedAt} />
      </td>
      <td class="fill">{error === undefined ? <Text text={kind ?? "–"} /> : <Text text={error} class="cut bad" />}</td>
    </tr>
  );
}

function AllCheckbox({ events, selection }: { events: readonly EventWithAmount[]; selection: Selection }) {
  const ids = events.map(({ transactionId }) => transactionId);
  const selected = ids.filter((id) => selection.ids.has(id)).length;
  const isAll = selected > 0 && selected === ids.length;
  return (
    <input
      type="checkbox"
      aria-label="Select all rows of this page"
      checked={isAll}
      disabled={ids.length === 0}
      ref={(element) => {
        if (element) element.indeterminate = selected > 0 && !isAll;
      }}
      onChange={() => selection.toggle(ids, !isAll)}
    />
  );
}
