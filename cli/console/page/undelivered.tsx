import type { DestinationPage } from "../api";
import { useShared } from "./context";
import { inNumber, plural, printable } from "./format";
import { focusedRow, useKeys } from "./keys";
import { ActionButton, Age, Empty, EventLink, Section, Status, TableBox, Text, Time } from "./parts";
import { usePreview } from "./preview";
import { destinationHref, go } from "./router";
import { useSelection } from "./selection";

type Delivery = DestinationPage["undelivered"][number];

/** Lists a destination's undelivered events, newest first, to be sent again. */
export function Undelivered({ page, cursor, reload }: { page: DestinationPage; cursor: string | undefined; reload: () => void }) {
  const { destination, undelivered, cursor: next } = page;
  const { name } = destination;
  const selection = useSelection();
  const [preview, open] = usePreview();
  const chosen = undelivered.filter(({ transactionId }) => selection.ids.has(transactionId));
  const redeliver = (deliveries: readonly Delivery[]) => {
    // Statuses of deliveries, not of events.
    const events = deliveries.map(({ transactionId, status, error }) => ({ transactionId, status, error }));
    open({ action: "redeliver", events, destination: name }, () => {
      selection.clear();
      reload();
    });
  };
  useKeys({
    r: () => {
      const asked = chosen.length > 0 ? chosen : undelivered.filter(({ transactionId }) => transactionId === focusedRow());
      if (asked.length > 0) redeliver(asked);
    },
    x: () => {
      const id = focusedRow();
      if (id !== undefined) selection.toggle([id], !selection.ids.has(id));
    },
  });
  if (undelivered.length === 0 && cursor === undefined) {
    return (
      <Section title="Undelivered events">
        <Empty title="Every event that was sent has been delivered." />
      </Section>
    );
  }
  const aside = (
    <ActionButton onClick={() => redeliver(chosen)} blocked={chosen.length === 0 && "Select the events to send again."}>
      {chosen.length > 0 ? `Redeliver ${plural(chosen.length, "event")}…` : "Redeliver…"}
    </ActionButton>
  );
  return (
    <Section title="Undelivered events" aside={aside}>
      <Table deliveries={undelivered} selection={selection} />
      <nav class="pages" aria-label="Pages">
        <button type="button" disabled={cursor === undefined} onClick={() => go(destinationHref(name))}>
          Newest
        </button>
        <button type="button" disabled={next === null} onClick={() => go(destinationHref(name, { cursor: next ?? undefined }))}>
          Older →
        </button>
      </nav>
      {preview}
    </Section>
  );
}

function Table({ deliveries, selection }: { deliveries: readonly Delivery[]; selection: ReturnType<typeof useSelection> }) {
  const { clock } = useShared();
  return (
    <TableBox label="Undelivered events">
      <table class="list">
        <thead>
          <tr>
            <th scope="col" class="check">
              <span class="hidden">Selected</span>
            </th>
            <th scope="col">Delivery</th>
            <th scope="col">Event</th>
            <th scope="col">First attempt ({clock})</th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col">Next attempt</th>
            <th scope="col" class="number">
              Age
            </th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <Row key={delivery.transactionId} delivery={delivery} selection={selection} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function Row({ delivery, selection }: { delivery: Delivery; selection: ReturnType<typeof useSelection> }) {
  const { transactionId, status, since, attempts, nextAt, error } = delivery;
  const isSelected = selection.ids.has(transactionId);
  return (
    <tr data-row={transactionId} class={isSelected ? "selected" : ""}>
      <td class="check">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={`Select ${printable(transactionId)}`}
          onChange={() => selection.toggle([transactionId], !isSelected)}
        />
      </td>
      <td>
        <Status status={status} />
      </td>
      <td>
        <EventLink id={transactionId} />
      </td>
      <td>
        <Time at={since} />
      </td>
      <td class="number">{inNumber(attempts)}</td>
      <td>{nextAt === undefined ? <span class="muted">–</span> : <Time at={nextAt} />}</td>
      <td class="number">
        <Age at={since} />
      </td>
      <td>{error === undefined ? "" : <Text text={error} class="cut cut-long bad" />}</td>
    </tr>
  );
}
